/**
 * Directories of a machine as it sees them, in its stack of directories, top first: the helper finds what an overlay would show, opaque
 * directories and whiteouts heeded, and no link is ever followed (inside-directory.ts).
 */
import type { FileHandle } from 'node:fs/promises';
import { BackendError } from '../../backend.ts';
import { readContent } from './diff/content.ts';
import type { FoundEntry } from './diff/tree-reader.ts';
import { makeDirectoryIn, openDirectory, openTop } from './inside-directory.ts';
import { findInStack } from './trees/looking.ts';

export type Stack = readonly [string, ...string[]];

/**
 * The texts of regular files of at most `limit` bytes, for example 'etc/ssh/sshd_config'; undefined for anything else.
 * @throws BackendError
 */
export async function readMerged(
  helperPath: string,
  stack: Stack,
  paths: readonly string[],
  limit: number,
): Promise<readonly (string | undefined)[]> {
  const found = await findInStack(helperPath, stack, paths);
  return await Promise.all(
    paths.map(async (path, index) => {
      const entry = found[index];
      if (entry?.type !== 'file' || entry.size > limit) return undefined;
      const content = await readContent({ layer: stack[entry.layer] ?? '', path }, limit);
      return content?.toString('utf8');
    }),
  );
}

/**
 * Uses a directory of the stack's top; what is missing of its path is made, with owner and mode as seen below, else 0755.
 * @throws BackendError with ELOOP or ENOTDIR where the machine sees anything but a directory: to make one would hide that
 */
export async function inTop(
  helperPath: string,
  stack: Stack,
  directories: readonly string[],
  use: (directory: FileHandle) => Promise<void>,
): Promise<void> {
  const paths = directories.map((_, index) => directories.slice(0, index + 1).join('/'));
  const seen = await findInStack(helperPath, stack, paths);
  for (const [index, entry] of seen.entries()) requireDirectory(`${stack[0]}/${paths[index]}`, entry);
  let directory = await openTop(stack[0]);
  try {
    for (const [index, name] of directories.entries()) {
      const outer = directory;
      directory = await openOrMake(outer, name, seen[index]);
      await outer.close();
    }
    await use(directory);
  } finally {
    await directory.close();
  }
}

function requireDirectory(path: string, entry: FoundEntry | undefined): void {
  if (entry === undefined || entry.type === 'directory') return;
  const isLink = entry.type === 'symlink';
  const what = isLink ? 'a symbolic link' : 'something else';
  throw new BackendError('failed', `cannot write the identity in ${path}: it is ${what}, and no directory`, {
    path,
    syscall: 'openat',
    errno: isLink ? 'ELOOP' : 'ENOTDIR',
    hint: 'Make it a directory again, for a link is not followed there; or clone with --keep-identity.',
  });
}

async function openOrMake(
  parent: FileHandle,
  name: string,
  model: FoundEntry | undefined,
): Promise<FileHandle> {
  return (await openDirectory(parent, name)) ?? (await makeDirectoryIn(parent, name, model));
}
