/** Removal for good, btrfs subvolumes at any depth included: a machine may have made some inside itself. */
import { lstatSync } from 'node:fs';
import type { StorageWork } from '../../storage.ts';
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

/**
 * The same of what may take long: tells how much went, and can be broken off.
 * @throws BackendError, the signal's reason
 */
export async function removeTreeTelling(
  helperPath: string,
  path: string,
  { progress, signal }: StorageWork,
): Promise<void> {
  signal.throwIfAborted();
  if (!(await isReady(path))) return;
  const done = (bytes: number) =>
    progress({ done: bytes, total: undefined, unit: 'bytes', deed: 'removing' });
  await removeTrees(helperPath, [path], { done, signal });
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
