/** The directory of changes, and how a new one comes in its place: dead at any moment, the next call goes on from there. */
import { existsSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import type { MachineHandle } from '../../../backend.ts';
import type { StorageWork } from '../../../storage.ts';
import { copyTree, moveTree, syncFileSystem } from '../copy-tree.ts';
import { makeDirectory } from '../directories.ts';
import { type OverlayDirectories, overlayDirectories, staged } from '../places.ts';
import { removeTree } from '../remove-tree.ts';
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

/** For a new machine; one that is there already is whole. */
export async function makeUpper(
  helperPath: string,
  machine: MachineHandle,
  model: UpperModel,
  work: StorageWork,
): Promise<void> {
  const directories = overlayDirectories(machine);
  if (existsSync(directories.upper)) return;
  await stageUpper(helperPath, directories, model, work);
  await putInPlace(directories);
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
    moveTree(upper, layer);
  }
  await putInPlace(directories);
}

/** On disk then, and with it what the present upper holds: both will be moved. */
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
      await syncFileSystem(next);
    } else if (model.like !== undefined) {
      makeDirectoryLike(helperPath, model.like, next, { sync: true });
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
async function putInPlace({ upper, work }: OverlayDirectories): Promise<void> {
  await removeWork(work);
  makeDirectory(work, 0o700);
  moveTree(staged(upper), upper);
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
