/**
 * Directories of a machine as it sees them, in its stack of directories, top first. What a higher one has under a name hides all
 * below it, a whiteout or a symbolic link too; no link is ever followed (inside-directory.ts).
 */
import type { FileHandle } from 'node:fs/promises';
import { makeDirectoryIn, openDirectory, openTop, readSmallFile } from './inside-directory.ts';

export type Stack = readonly [string, ...string[]];

/** The text of a regular file of at most `limit` bytes, for example ['etc', 'ssh'] 'sshd_config'; undefined for anything else. */
export async function readMerged(
  stack: Stack,
  directories: readonly string[],
  name: string,
  limit: number,
): Promise<string | undefined> {
  return await withOpen(stack.map(openTop), (tops) =>
    descend(tops, directories, async (parts) => {
      for (const part of parts) {
        const found = await readSmallFile(part, name, limit);
        if (found !== 'absent') return found?.text;
      }
      return undefined;
    }),
  );
}

/** Uses a directory of the stack's top; what is missing of its path is made, with owner and mode as seen below, else 0755. */
export async function inTop(
  stack: Stack,
  directories: readonly string[],
  use: (directory: FileHandle) => Promise<void>,
): Promise<void> {
  const [top, ...lower] = stack;
  await withOpen([openTop(top)], ([opened]) =>
    withOpen(lower.map(openTop), (parts) => descendInTop(opened as FileHandle, parts, directories, use)),
  );
}

async function descendInTop(
  top: FileHandle,
  lower: readonly FileHandle[],
  [name, ...rest]: readonly string[],
  use: (directory: FileHandle) => Promise<void>,
): Promise<void> {
  if (name === undefined) return await use(top);
  await descend(lower, [name], (parts) =>
    withOpen([openOrMake(top, name, parts[0])], ([next]) =>
      descendInTop(next as FileHandle, parts, rest, use),
    ),
  );
}

async function openOrMake(
  parent: FileHandle,
  name: string,
  model: FileHandle | undefined,
): Promise<FileHandle> {
  const found = await openDirectory(parent, name);
  if (found !== undefined) return found;
  return await makeDirectoryIn(parent, name, await model?.stat());
}

/** Uses the parts of a directory below `parts`: none if it is none there. */
async function descend<T>(
  parts: readonly FileHandle[],
  [name, ...rest]: readonly string[],
  use: (parts: readonly FileHandle[]) => Promise<T>,
): Promise<T> {
  if (name === undefined) return await use(parts);
  const found: FileHandle[] = [];
  try {
    for (const part of parts) {
      const next = await openPart(part, name);
      if (next === 'other') break;
      if (next !== undefined) found.push(next);
    }
    return await descend(found, rest, use);
  } finally {
    await closeAll(found);
  }
}

async function openPart(parent: FileHandle, name: string): Promise<FileHandle | 'other' | undefined> {
  try {
    return await openDirectory(parent, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ELOOP') return 'other';
    throw error;
  }
}

async function withOpen<T>(
  opening: readonly Promise<FileHandle>[],
  use: (handles: readonly FileHandle[]) => Promise<T>,
): Promise<T> {
  const settled = await Promise.allSettled(opening);
  const handles = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  try {
    await Promise.all(opening);
    return await use(handles);
  } finally {
    await closeAll(handles);
  }
}

async function closeAll(handles: readonly FileHandle[]): Promise<void> {
  await Promise.all(handles.map((handle) => handle.close()));
}
