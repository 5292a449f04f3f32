/**
 * Directories of a machine as it sees them, in its stack of directories, top first: the helper finds what an overlay would show, opaque
 * directories and whiteouts heeded, and no link is ever followed (inside-directory.ts).
 */
import { closeSync } from 'node:fs';
import { BackendError } from '../../backend.ts';
import { readContent } from './diff/content.ts';
import type { FoundEntry } from './diff/tree-reader.ts';
import { makeDirectoryIn, openDirectory, openTop } from './inside-directory.ts';
import { findAtOnce } from './trees/looking.ts';

export type Stack = readonly [string, ...string[]];

/** What a machine sees at each of some paths, such as 'etc/ssh'. */
export interface Sight {
  readonly stack: Stack;
  readonly entries: ReadonlyMap<string, FoundEntry | undefined>;
}

/** @throws BackendError */
export async function lookAt(helperPath: string, stack: Stack, paths: readonly string[]): Promise<Sight> {
  const found = await findAtOnce(helperPath, stack, paths);
  return { stack, entries: new Map(paths.map((path, index) => [path, found[index]])) };
}

/** The text of a regular file of at most `limit` bytes that was looked at; undefined for anything else. */
export function readSeen({ stack, entries }: Sight, path: string, limit: number): string | undefined {
  const entry = entries.get(path);
  if (entry?.type !== 'file' || entry.size > limit) return undefined;
  const content = readContent({ layer: stack[entry.layer] ?? '', path }, limit);
  return content?.toString('utf8');
}

/**
 * Uses a directory of the stack's top, by its descriptor; what is missing of its path is made, with owner and mode as seen below, else
 * 0755. All of the path was looked at.
 * @throws BackendError with ELOOP or ENOTDIR where the machine sees anything but a directory: to make one would hide that
 */
export function inTop(sight: Sight, path: string, use: (directory: number) => void): void {
  const names = path.split('/');
  const ways = names.map((_, index) => names.slice(0, index + 1).join('/'));
  for (const way of ways) requireDirectory(`${sight.stack[0]}/${way}`, sight.entries.get(way));
  let directory = openTop(sight.stack[0]);
  try {
    for (const [index, name] of names.entries()) {
      const outer = directory;
      directory = openOrMake(outer, name, sight.entries.get(ways[index] ?? ''));
      closeSync(outer);
    }
    use(directory);
  } finally {
    closeSync(directory);
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

function openOrMake(parent: number, name: string, model: FoundEntry | undefined): number {
  return openDirectory(parent, name) ?? makeDirectoryIn(parent, name, model);
}
