import { mkdirSync } from 'node:fs';
import { chmod, copyFile, lutimes, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Applets } from './applets.ts';
import { etcFiles, type TextFile } from './etc-files.ts';

/** Modes as hier(7) and the launcher expect them; mount points must exist, because layers are read-only. */
const folders: readonly (readonly [path: string, mode: number])[] = [
  ...['bin', 'sbin', 'usr', 'usr/bin', 'usr/sbin', 'usr/local', 'usr/local/bin', 'usr/local/sbin'],
  ...['dev', 'proc', 'sys', 'run', 'home', 'mnt', 'opt', 'srv'],
  ...['etc', 'etc/init.d', 'etc/rc.d', 'etc/profile.d'],
  ...['var', 'var/cache', 'var/lib', 'var/log', 'var/spool'],
].map((path) => [path, 0o755] as const);

const specialFolders: readonly (readonly [path: string, mode: number])[] = [
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
];

const links: readonly (readonly [target: string, path: string])[] = [
  ['/run', 'var/run'],
  ['/proc/mounts', 'etc/mtab'],
];

/** The time of every file: the same binary gives the same image, byte for byte, whenever it is made. */
const epoch = new Date(0);

/** Fills `target`, an empty directory, with a root file system around `binary`. */
export async function writeTree(target: string, binary: string, applets: Applets): Promise<void> {
  await chmod(target, 0o755);
  for (const [path, mode] of [...folders, ...specialFolders]) await makeFolder(join(target, path), mode);
  await copyFile(binary, join(target, 'bin/busybox'));
  await chmod(join(target, 'bin/busybox'), 0o755);
  for (const path of applets.paths) await makeAppletLink(target, path);
  for (const [to, path] of links) await symlink(to, join(target, path));
  for (const file of etcFiles(applets.version)) await writeTextFile(target, file);
  await stopClocks(target);
}

/** On a full disk the mkdir of node:fs/promises says ENOENT, the synchronous one what it is. */
function makeWithParents(path: string): void {
  mkdirSync(path, { recursive: true });
}

/** chmod, because mkdir(2) obeys the umask. */
async function makeFolder(path: string, mode: number): Promise<void> {
  makeWithParents(path);
  await chmod(path, mode);
}

async function makeAppletLink(target: string, path: string): Promise<void> {
  makeWithParents(join(target, dirname(path)));
  await symlink('/bin/busybox', join(target, path));
}

async function writeTextFile(target: string, { path, mode, text }: TextFile): Promise<void> {
  await writeFile(join(target, path), text, { flag: 'wx' });
  await chmod(join(target, path), mode);
}

/** Depth first: writing an entry changes its folder's time. */
async function stopClocks(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await stopClocks(path);
    else await lutimes(path, epoch, epoch);
  }
  await utimes(folder, epoch, epoch);
}
