/**
 * Files in a directory tree that a machine's root could arrange at will: no symbolic link of it is ever followed.
 * Each component is opened by itself with O_NOFOLLOW, below the descriptor of the one before (Node has no openat(2),
 * but /proc/self/fd/N/NAME is the same), so that exchanging a component in between leads nowhere.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { randomHex } from '../../../files/random-bytes.ts';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Opens `name` below `parent`; undefined if there is nothing. Throws ENOTDIR or ELOOP if it is something else. */
export async function openDirectory(parent: FileHandle, name: string): Promise<FileHandle | undefined> {
  try {
    return await open(below(parent, name), DIRECTORY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** With owner and mode of `model`, else the machine's root's and 0755. */
export async function makeDirectoryIn(
  parent: FileHandle,
  name: string,
  model: Pick<Stats, 'uid' | 'gid' | 'mode'> = { uid: 0, gid: 0, mode: 0o755 },
): Promise<FileHandle> {
  const path = below(parent, name);
  await mkdir(path);
  const directory = await open(path, DIRECTORY);
  await setOwnerAndMode(directory, model);
  return directory;
}

export async function openTop(path: string): Promise<FileHandle> {
  return await open(path, DIRECTORY);
}

/** Puts a file in place of whatever has its name, a symbolic link included, atomically and durably. */
export async function replaceFile(
  directory: FileHandle,
  name: string,
  mode: number,
  text: string,
): Promise<void> {
  const temporary = below(directory, `.${name}.${randomHex(8)}`);
  try {
    const file = await open(temporary, NEW_FILE, 0o600);
    try {
      await file.writeFile(text);
      await setOwnerAndMode(file, { uid: 0, gid: 0, mode });
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, below(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await directory.sync();
}

/** 0 on disk is the machine's root, also where a set-group-id directory says otherwise. */
async function setOwnerAndMode(
  handle: FileHandle,
  { uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>,
): Promise<void> {
  if (process.getuid?.() === 0) await handle.chown(uid, gid);
  await handle.chmod(mode & 0o7777);
}

function below(directory: FileHandle, name: string): string {
  return `/proc/self/fd/${directory.fd}/${name}`;
}
