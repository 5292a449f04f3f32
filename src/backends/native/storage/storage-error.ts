import { BackendError } from '../../backend.ts';

export const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free space on this file system, or keep machines elsewhere with --root.',
  EDQUOT: 'The disk quota is used up: free space, or keep machines elsewhere with --root.',
  EROFS: 'The file system is read-only: look at `dmesg` for why, or keep machines elsewhere with --root.',
  EACCES: 'Run as root, or choose a folder of your own with --root.',
  EPERM: 'Run as root, or choose a folder of your own with --root.',
  ELOOP: 'The machine has a symbolic link where a directory belongs, and it is not followed.',
  ENOTDIR: 'The machine has something else where a directory belongs.',
  EMLINK: 'The machine has made subvolumes more than 100 deep in each other: delete some of them inside it.',
  ESTALE: 'These files were moved meanwhile: try again.',
  EEXIST: 'Something else is in the way: `tsmachine doctor` finds leftovers.',
};

/** What failed on which path, the kernel's word, and what a person can do. */
export function storageError(action: string, path: string, cause: unknown): BackendError {
  if (cause instanceof BackendError) return cause;
  const { code, syscall, message } = cause as NodeJS.ErrnoException;
  const hint = HINTS[code ?? ''];
  return new BackendError(
    isDenied(code) ? 'permission' : 'failed',
    `cannot ${action} ${path}: ${code ?? message}`,
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
