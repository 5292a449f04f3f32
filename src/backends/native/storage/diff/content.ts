/**
 * Contents of files in a tree that a machine's root could arrange at will: each component is opened by itself, without following
 * a symbolic link, below the descriptor of the one before. Paths are byte strings (tree-reader.ts), relative to the tree.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
// O_NONBLOCK: to open a FIFO that was put in the file's place must not wait for a writer.
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

export interface PlacedFile {
  /** An absolute directory. */
  readonly layer: string;
  readonly path: string;
}

/** The bytes of a regular file of at most `limit` bytes; undefined for anything else. */
export async function readContent(file: PlacedFile, limit: number): Promise<Buffer | undefined> {
  await using handle = await openRegular(file);
  if (handle === undefined) return undefined;
  const bytes = Buffer.alloc(limit + 1);
  const content = await fill(handle, bytes);
  return content.length > limit ? undefined : content;
}

/** Reads until the buffer is full or the file ends; what was read. */
async function fill(handle: FileHandle, buffer: Buffer): Promise<Buffer> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** A directory of a layer; '' is its top. Undefined if it is none, or not there. The caller closes it. */
export async function openDirectoryOf(layer: string, path: string): Promise<FileHandle | undefined> {
  let directory = await open(layer, DIRECTORY);
  for (const name of path === '' ? [] : path.split('/')) {
    const next = await orAbsent(open(below(directory, name), DIRECTORY));
    await directory.close();
    if (next === undefined) return undefined;
    directory = next;
  }
  return directory;
}

/** Undefined if it is no regular file, or not there (any more). */
async function openRegular({ layer, path }: PlacedFile): Promise<FileHandle | undefined> {
  const slash = path.lastIndexOf('/');
  await using directory = await openDirectoryOf(layer, path.slice(0, Math.max(slash, 0)));
  if (directory === undefined) return undefined;
  const handle = await orAbsent(open(below(directory, path.slice(slash + 1)), FILE));
  return handle === undefined ? undefined : await keepRegular(handle);
}

async function orAbsent(opening: Promise<FileHandle>): Promise<FileHandle | undefined> {
  try {
    return await opening;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    throw error;
  }
}

async function keepRegular(handle: FileHandle): Promise<FileHandle | undefined> {
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

function below(directory: FileHandle, name: string): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${directory.fd}/`), Buffer.from(name, 'latin1')]);
}
