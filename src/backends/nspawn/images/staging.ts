/** Images on their way to a name: made under a hidden one, which their settings go along with, and renamed when they are whole. */
import { chmodSync, copyFileSync, lstatSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { removeFile } from '../../../files/remove-file.ts';
import type { StagedImage } from '../../manager/images.ts';
import { isBtrfs, isSubvolume } from '../../native/storage/btrfs/file-system.ts';
import { createSubvolume } from '../../native/storage/btrfs/subvolumes.ts';
import { bytesIn, copyInto } from '../../native/storage/copy-tree.ts';
import { refuseMounts } from '../../native/storage/refuse-mounts.ts';
import { removeTree } from '../../native/storage/remove-tree.ts';
import type { StorageWork } from '../../storage.ts';
import type { Machine1 } from '../machine1.ts';
import {
  exists,
  makePool,
  makingName,
  POOL,
  rawPath,
  removingName,
  settingsPaths,
  treePath,
} from './pool.ts';

export function stagedFor(name: string): StagedImage {
  return { name: makingName(name), path: treePath(makingName(name)) };
}

/** An empty directory; on btrfs a subvolume, so that clones of it take no time. The root directory is everybody's to look into, as in any system. */
export async function makeEmpty({ path }: StagedImage): Promise<void> {
  makePool();
  if (isBtrfs(POOL)) await createSubvolume(path);
  else mkdirSync(path, { mode: 0o755 });
}

/**
 * A copy of a plain directory, whose files nobody changes meanwhile. Not machined's, which knows neither progress nor an end before the
 * end, and which everybody sees while it grows.
 */
export async function copyDirectory(
  helperPath: string,
  source: string,
  staged: StagedImage,
  work: StorageWork,
): Promise<void> {
  refuseMounts(source, 'copy');
  await makeEmpty(staged);
  await copyInto(helperPath, source, staged.path, await bytesIn(source, work.signal), work);
}

export function copySettings(from: string, to: string): void {
  const targets = settingsPaths(to);
  for (const [index, source] of settingsPaths(from).entries()) {
    const target = targets[index];
    if (target !== undefined && exists(source)) copyFileSync(source, target);
  }
}

/** machined lets everybody read its copies; what they are made of may have secrets in it (Environment=), and be root's alone. */
export function keepSettingsModes(from: string, to: string): void {
  const targets = settingsPaths(to);
  for (const [index, source] of settingsPaths(from).entries()) {
    const target = targets[index];
    const mode = statSync(source, { throwIfNoEntry: false })?.mode;
    if (target !== undefined && mode !== undefined && exists(target)) chmodSync(target, mode & 0o777);
  }
}

/**
 * The last deed: from now on it is there. Should machined end in the middle, a look tells whether it was done.
 * @throws BackendError 'busy' if somebody else has the name
 */
export async function takeName(machine1: Machine1, image: string, name: string): Promise<void> {
  const before = identityOf(image);
  try {
    await machine1.renameImage(image, name);
  } catch (error) {
    if (before === undefined || identityOf(name) !== before) throw error;
  }
}

function identityOf(image: string): string | undefined {
  const path = [treePath(image), rawPath(image)].find(exists);
  const status = path === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return status === undefined ? undefined : `${status.dev}:${status.ino}`;
}

/** What a making or removal that died, or failed, left. What got its name before its settings did gets them now. */
export async function settle(machine1: Machine1, name: string): Promise<void> {
  const making = makingName(name);
  const gotItsName = !isThere(making) && isThere(name);
  for (const [index, from] of settingsPaths(making).entries()) {
    const to = settingsPaths(name)[index];
    if (gotItsName && to !== undefined && exists(from) && !exists(to)) renameSync(from, to);
  }
  await discard(machine1, making);
  await discard(machine1, removingName(name));
}

/** All of a hidden image: nobody else uses it. */
export async function discard(machine1: Machine1, image: string): Promise<void> {
  const path = treePath(image);
  if (exists(path)) {
    if (!isSubvolume(path)) await unlock(machine1, image);
    await removeTree(path);
  }
  removeFile(rawPath(image));
  removeSettings(image);
}

/** A directory that is read-only is immutable, and nothing in it can be removed. */
export async function unlock(machine1: Machine1, image: string): Promise<void> {
  try {
    await machine1.markImageReadOnly(image, false);
  } catch {
    // What stays immutable is said by the removal.
  }
}

export function removeSettings(image: string): void {
  for (const path of settingsPaths(image)) removeFile(path);
}

function isThere(image: string): boolean {
  return exists(treePath(image)) || exists(rawPath(image));
}
