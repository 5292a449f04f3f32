import { BackendError } from '../../backend.ts';

export const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on this file system, or keep native machines elsewhere with --root.',
  EDQUOT: 'The disk quota is used up: free space, or keep native machines elsewhere with --root.',
  EROFS:
    'The file system is read-only: look at `dmesg` for why, or keep native machines elsewhere with --root.',
  EACCES: 'Run as root, or choose a folder of your own with --root.',
  EPERM: 'Run as root, or choose a folder of your own with --root.',
  ELOOP: 'The machine has a symbolic link where a directory belongs, and it is not followed.',
  ENOTDIR: 'The machine has something else where a directory belongs.',
  EMLINK: 'The machine has made subvolumes more than 100 deep in each other: delete some of them inside it.',
  ESTALE: 'Somebody else changes these files at the same time: try again, or stop the machine first.',
  ENAMETOOLONG: 'The kernel takes no path of more than 4,095 bytes at once: name a directory further up.',
  EEXIST: 'Something else is in the way: `tsmachine doctor` finds leftovers.',
};

/** Bytes of a path that an error shows: a machine can make some that fill the screen. */
const SHOWN_BYTES = 200;

/** The most bytes that a path of one system call has: PATH_MAX, without its NUL. */
export const LONGEST_PATH = 4095;

/** The beginning of what is too long to be read. */
export function shortText(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= SHOWN_BYTES * 2 ? text : `${bytes.subarray(0, SHOWN_BYTES).toString()}...`;
}

/** What failed on which path, the kernel's word, and what a person can do. */
export function storageError(action: string, path: string, cause: unknown): BackendError {
  if (cause instanceof BackendError) return cause;
  const { code, syscall, message } = cause as NodeJS.ErrnoException;
  const hint = HINTS[code ?? ''];
  return new BackendError(
    isDenied(code) ? 'permission' : 'failed',
    `cannot ${shortText(`${action} ${path}`)}: ${code ?? shortText(message)}`,
    {
      path,
      cause,
      ...(code === undefined ? {} : { errno: code }),
      ...(syscall === undefined ? {} : { syscall }),
      ...(hint === undefined ? {} : { hint }),
    },
  );
}

function isDenied(code: string | undefined): boolean {
  return code === 'EACCES' || code === 'EPERM';
}
