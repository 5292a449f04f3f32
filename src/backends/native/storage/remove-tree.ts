/** Removal for good, btrfs subvolumes at any depth included: a machine may have made some inside itself. */
import { lstatSync } from 'node:fs';
import { isBtrfs, isSubvolume } from './btrfs/file-system.ts';
import { deleteSubvolume, deleteSubvolumesIn } from './btrfs/subvolumes.ts';
import { refuseMounts } from './refuse-mounts.ts';
import { runTool } from './tool.ts';

/** What is not there is no error; something that a person mounted inside is, and nothing is touched then. */
export async function removeTree(path: string): Promise<void> {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (status.isDirectory()) {
    refuseMounts(path);
    if (isBtrfs(path)) await removeSubvolumes(path);
  }
  // Without --one-file-system, which spares subvolumes. rm goes deeper than a path may be long.
  await runTool('rm', ['-rf', '--', path], { action: 'remove', path });
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
