/**
 * Contents of files in a tree that a machine's root could arrange at will: each component is opened by itself, without following
 * a symbolic link, below the descriptor of the one before. Paths are byte strings (tree-reader.ts), relative to the tree.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
// O_NONBLOCK: to open a FIFO that was put in the file's place must not wait for a writer.
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

export interface PlacedFile {
  /** An absolute directory. */
  readonly layer: string;
  readonly path: string;
}

/** The bytes of a regular file of at most `limit` bytes; undefined for anything else. */
export function readContent(file: PlacedFile, limit: number): Buffer | undefined {
  const fd = openRegular(file);
  if (fd === undefined) return undefined;
  try {
    const content = fill(fd, Buffer.alloc(limit + 1));
    return content.length > limit ? undefined : content;
  } finally {
    closeSync(fd);
  }
}

/** Reads until the buffer is full or the file ends; what was read. */
function fill(fd: number, buffer: Buffer): Buffer {
  let length = 0;
  while (length < buffer.length) {
    const bytesRead = readSync(fd, buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** A directory of a layer; '' is its top. Undefined if it is none, or not there. The caller closes it. */
export function openDirectoryOf(layer: string, path: string): number | undefined {
  let directory = openSync(layer, DIRECTORY);
  for (const name of path === '' ? [] : path.split('/')) {
    const next = openBelow(directory, name, DIRECTORY);
    if (next === undefined) return undefined;
    directory = next;
  }
  return directory;
}

/** Undefined if it is no regular file, or not there (any more). */
function openRegular({ layer, path }: PlacedFile): number | undefined {
  const slash = path.lastIndexOf('/');
  const directory = openDirectoryOf(layer, path.slice(0, Math.max(slash, 0)));
  if (directory === undefined) return undefined;
  const fd = openBelow(directory, path.slice(slash + 1), FILE);
  if (fd === undefined || fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}

/** Closes `directory` whatever happens. */
function openBelow(directory: number, name: string, flags: number): number | undefined {
  try {
    return openSync(below(directory, name), flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    throw error;
  } finally {
    closeSync(directory);
  }
}

function below(directory: number, name: string): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${directory}/`), Buffer.from(name, 'latin1')]);
}
