/**
 * Files in a directory tree that a machine's root could arrange at will: no symbolic link of it is ever followed.
 * Each component is opened by itself with O_NOFOLLOW, below the descriptor of the one before (Node has no openat(2),
 * but /proc/self/fd/N/NAME is the same), so that exchanging a component in between leads nowhere.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { randomHex } from '../../../files/random-bytes.ts';
import { removeFile } from '../../../files/remove-file.ts';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** An open descriptor; the caller closes it. */
export function openTop(path: string): number {
  return openSync(path, DIRECTORY);
}

/** Opens `name` below `parent`; undefined if there is nothing. Throws ENOTDIR or ELOOP if it is something else. */
export function openDirectory(parent: number, name: string): number | undefined {
  try {
    return openSync(below(parent, name), DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** With owner and mode of `model`, else the machine's root's and 0755. */
export function makeDirectoryIn(
  parent: number,
  name: string,
  model: Pick<Stats, 'uid' | 'gid' | 'mode'> = { uid: 0, gid: 0, mode: 0o755 },
): number {
  const path = below(parent, name);
  mkdirSync(path);
  const directory = openSync(path, DIRECTORY);
  setOwnerAndMode(directory, model);
  return directory;
}

/**
 * Puts a file in place of whatever has its name, a symbolic link included, atomically. `settle` gets it while it has no name yet: to be
 * synced, where it does not go to the disk with other files.
 */
export function replaceFile(
  directory: number,
  name: string,
  { mode, text }: { readonly mode: number; readonly text: string },
  settle: (fd: number) => void,
): void {
  const temporary = below(directory, `.${name}.${randomHex(8)}`);
  try {
    writeNew(temporary, mode, text, settle);
    renameSync(temporary, below(directory, name));
  } catch (error) {
    removeFile(temporary);
    throw error;
  }
}

function writeNew(path: string, mode: number, text: string, settle: (fd: number) => void): void {
  const file = openSync(path, NEW_FILE, 0o600);
  try {
    writeFileSync(file, text);
    setOwnerAndMode(file, { uid: 0, gid: 0, mode });
    settle(file);
  } finally {
    closeSync(file);
  }
}

/** 0 on disk is the machine's root, also where a set-group-id directory says otherwise. */
function setOwnerAndMode(fd: number, { uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>): void {
  if (process.getuid?.() === 0) fchownSync(fd, uid, gid);
  fchmodSync(fd, mode & 0o7777);
}

function below(directory: number, name: string): string {
  return `/proc/self/fd/${directory}/${name}`;
}
