/** Removal for good, btrfs subvolumes at any depth included: a machine may have made some inside itself. */
import { lstatSync } from 'node:fs';
import type { RemovalWork } from '../../storage.ts';
import { isBtrfs, isSubvolume } from './btrfs/file-system.ts';
import { deleteSubvolume, deleteSubvolumesIn } from './btrfs/subvolumes.ts';
import { refuseMounts } from './refuse-mounts.ts';
import { runTool } from './tool.ts';
import { removeTrees } from './trees/changing.ts';

/** What is not there is no error; something that a person mounted inside is, and nothing is touched then. */
export async function removeTree(path: string): Promise<void> {
  if (!(await isReady(path))) return;
  // Without --one-file-system, which spares subvolumes. rm goes deeper than a path may be long.
  await runTool('rm', ['-rf', '--', path], { action: 'remove', path });
}

/** A quick deletion is not looked through before, and nobody sees how far it is: progress is drawn after a second. */
const TOTAL_AFTER_MS = 500;
/** Their paths are arguments of a program, which has room for some thousands. */
const MOST_LATER = 1000;

/**
 * The same of what may take long: tells how much went, of how much after a while, and can be broken off.
 * @throws BackendError, the signal's reason
 */
export async function removeTreeTelling(
  helperPath: string,
  path: string,
  { progress, signal, later = [] }: RemovalWork,
): Promise<void> {
  signal.throwIfAborted();
  if (!(await isReady(path))) return;
  const known = later.length <= MOST_LATER ? { totalAfterMs: TOTAL_AFTER_MS, later } : {};
  await removeTrees(helperPath, [path], {
    ...known,
    signal,
    told: (done, total) => progress({ done, total, unit: 'bytes', deed: 'removing' }),
  });
}

/** Whether there is something; subvolumes are gone then. */
async function isReady(path: string): Promise<boolean> {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isDirectory()) return status !== undefined;
  refuseMounts(path);
  if (isBtrfs(path)) await removeSubvolumes(path);
  return true;
}

/** `path` too, if it is one. */
async function removeSubvolumes(path: string): Promise<void> {
  if (!isSubvolume(path)) return await deleteSubvolumesIn(path);
  try {
    await deleteSubvolume(path);
  } catch {
    // The kernel does not delete one that holds another. If it was something else, rm says so.
    await deleteSubvolumesIn(path);
  }
}
