/** The directory of changes, and how a new one comes in its place: dead at any moment, the next call goes on from there. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { MachineHandle } from '../../../backend.ts';
import type { StorageWork } from '../../../storage.ts';
import { copyTree, moveTree, syncFileSystem } from '../copy-tree.ts';
import { makeDirectory } from '../directories.ts';
import { type OverlayDirectories, overlayDirectories, staged } from '../places.ts';
import { removeTree } from '../remove-tree.ts';
import { runTool } from '../tool.ts';

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
export async function makeUpper(machine: MachineHandle, model: UpperModel, work: StorageWork): Promise<void> {
  const directories = overlayDirectories(machine);
  if (existsSync(directories.upper)) return;
  await stageUpper(directories, model, work);
  await putInPlace(directories);
}

/**
 * The present changes become `layer`, and a new directory of changes comes in their stead. Also when there are none: the layer shows
 * who comes later that the exchange has begun, and must be finished.
 */
export async function exchangeUpper(
  machine: MachineHandle,
  layer: string,
  model: UpperModel,
  work: StorageWork,
): Promise<void> {
  const directories = overlayDirectories(machine);
  const { upper } = directories;
  if (existsSync(upper)) {
    if (existsSync(layer)) return await removeTree(staged(upper));
    await stageUpper(directories, model, work);
    await syncFileSystem(upper);
    moveTree(upper, layer);
  }
  await putInPlace(directories);
}

async function stageUpper(
  { storage, upper }: OverlayDirectories,
  model: UpperModel,
  work: StorageWork,
): Promise<void> {
  const next = staged(upper);
  await removeTree(next);
  try {
    if (model.filledFrom !== undefined) {
      await copyTree(model.filledFrom, next, work);
    } else {
      await makeDirectory(next, 0o755);
      if (model.like !== undefined) await copyTop(model.like, next, `${storage}/top.tar`);
    }
    work.signal.throwIfAborted();
  } catch (error) {
    await removeTree(next);
    throw error;
  }
}

/** The work directory is made anew: with `index` the kernel has written into it which upper it belongs to (ESTALE). */
async function putInPlace({ upper, work }: OverlayDirectories): Promise<void> {
  await removeTree(work);
  await makeDirectory(work, 0o700);
  moveTree(staged(upper), upper);
}

/** What overlayfs noted about the old top (its origin) is not true of the new one. cp cannot copy a directory without its content. */
async function copyTop(from: string, to: string, archive: string): Promise<void> {
  const attributes = ['--acls', '--xattrs', '--xattrs-include=*', '--numeric-owner', '--no-recursion'];
  const pack = [...attributes, '--xattrs-exclude=trusted.overlay.*', '--format=posix', '-C', from];
  const unpack = [...attributes, '--same-owner', '--same-permissions', '-C', to];
  try {
    await runTool('tar', [...pack, '-cf', archive, '.'], { action: 'read the attributes of', path: from });
    await runTool('tar', [...unpack, '-xf', archive], { action: 'set the attributes of', path: to });
  } finally {
    rmSync(archive, { force: true });
  }
}
