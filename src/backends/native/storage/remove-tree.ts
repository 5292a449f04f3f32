/** Removal for good, btrfs subvolumes at any depth included: a machine may have made some inside itself. */
import { lstatSync, readdirSync } from 'node:fs';
import { isBtrfs, isSubvolume } from './btrfs/file-system.ts';
import { deleteSubvolume } from './btrfs/subvolumes.ts';
import { storageError } from './storage-error.ts';
import { runTool } from './tool.ts';

/** What is not there is no error; something that is mounted inside is, and stays as it is. */
export async function removeTree(path: string): Promise<void> {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (status.isDirectory() && isBtrfs(path)) await removeSubvolumes(path);
  // rm goes deeper than a path may be long; --one-file-system spares what a person mounted below.
  await runTool('rm', ['-rf', '--one-file-system', '--', path], { action: 'remove', path });
}

/** `path` too, if it is one. */
async function removeSubvolumes(path: string): Promise<void> {
  if (!isSubvolume(path)) return await removeSubvolumesBelow(path);
  try {
    await deleteSubvolume(path);
  } catch {
    // The kernel does not delete one that holds another. If it was something else, the second try says so.
    await removeSubvolumesBelow(path);
    await deleteSubvolume(path);
  }
}

async function removeSubvolumesBelow(directory: string): Promise<void> {
  for (const entry of directoriesIn(directory)) await removeSubvolumes(`${directory}/${entry}`);
}

function directoriesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (cause) {
    throw storageError('remove', directory, cause);
  }
}
