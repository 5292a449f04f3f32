/** The directory of changes, and how a new one comes in its place: dead at any moment, the next call goes on from there. */
import { existsSync, readdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../../../../files/atomic-file.ts';
import type { MachineHandle } from '../../../backend.ts';
import type { StorageWork } from '../../../storage.ts';
import { copyTree, syncNow } from '../copy-tree.ts';
import { makeDirectory } from '../directories.ts';
import { type OverlayDirectories, overlayDirectories, staged } from '../places.ts';
import { removeTree } from '../remove-tree.ts';
import { storageError } from '../storage-error.ts';
import { makeDirectoryLike } from '../trees/changing.ts';

export interface UpperModel {
  /** A directory whose owner, mode, times and attributes the top gets: the machine's root directory has them. */
  readonly like: string | undefined;
  /** Changes to begin with, copied. */
  readonly filledFrom: string | undefined;
}

/** Whether there are no changes over `lower`, the top directory's own owner and mode included. */
export function holdsNothing(upper: string, lower: string | undefined): boolean {
  if (lower === undefined || readdirSync(upper).length > 0) return false;
  const [above, below] = [statSync(upper), statSync(lower)];
  return above.mode === below.mode && above.uid === below.uid && above.gid === below.gid;
}

/** For a new machine that is staged; one that is there already is whole. */
export async function makeUpper(
  helperPath: string,
  machine: MachineHandle,
  model: UpperModel,
  work: StorageWork,
): Promise<void> {
  const directories = overlayDirectories(machine);
  if (existsSync(directories.upper)) return;
  await stageUpper(helperPath, directories, model, work);
  await makeWork(directories);
  move(staged(directories.upper), directories.upper);
}

/**
 * The present changes become `layer`, and a new directory of changes comes in their stead. Also when there are none: the layer shows
 * who comes later that the exchange has begun, and must be finished.
 */
export async function exchangeUpper(
  helperPath: string,
  machine: MachineHandle,
  layer: string,
  model: UpperModel,
  work: StorageWork,
): Promise<void> {
  const directories = overlayDirectories(machine);
  const { upper } = directories;
  if (existsSync(upper)) {
    if (existsSync(layer)) return await removeTree(staged(upper));
    await stageUpper(helperPath, directories, model, work);
    // With it what the present one holds: both are moved, and must not come back without their content.
    await syncNow(helperPath, staged(upper));
    work.beforeKeeping?.();
    makeDirectory(dirname(layer), 0o700);
    move(upper, layer);
  }
  await makeWork(directories);
  move(staged(upper), upper);
  for (const directory of [dirname(layer), dirname(upper)]) syncDirectory(directory);
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    throw storageError('move', `${from} to ${to}`, cause);
  }
}

async function stageUpper(
  helperPath: string,
  { upper }: OverlayDirectories,
  model: UpperModel,
  work: StorageWork,
): Promise<void> {
  const next = staged(upper);
  await removeTree(next);
  try {
    if (model.filledFrom !== undefined) {
      await copyTree(helperPath, model.filledFrom, next, work);
    } else if (model.like !== undefined) {
      makeDirectoryLike(helperPath, model.like, next);
    } else {
      makeDirectory(next, 0o755);
    }
    work.signal.throwIfAborted();
  } catch (error) {
    await removeTree(next);
    throw error;
  }
}

/** The work directory is made anew: with `index` the kernel has written into it which upper it belongs to (ESTALE). */
async function makeWork({ work }: OverlayDirectories): Promise<void> {
  await removeWork(work);
  makeDirectory(work, 0o700);
}

/** Most often there is nothing in it, and no other program has to be run. */
async function removeWork(work: string): Promise<void> {
  try {
    if (existsSync(`${work}/work`)) rmdirSync(`${work}/work`);
    rmdirSync(work);
  } catch {
    await removeTree(work);
  }
}
