/** The subvolume that machines of a layer begin as: made of the layer once, so that each create after it is one snapshot. */
import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../../../../files/atomic-file.ts';
import type { MachineHandle } from '../../../backend.ts';
import type { StorageWork } from '../../../storage.ts';
import { bytesIn, copyInto, syncFileSystem } from '../copy-tree.ts';
import { staged, storageDirectory } from '../places.ts';
import { removeTree } from '../remove-tree.ts';
import { storageError } from '../storage-error.ts';
import { isReadOnly, isSubvolume } from './file-system.ts';
import { createSubvolume, makeReadOnly } from './subvolumes.ts';

/** `layer` itself if it is a subvolume, else its copy beside it, `subvolume`: within one btrfs it shares the layer's blocks. */
export async function baseOf(
  helperPath: string,
  layer: string,
  machine: MachineHandle,
  work: StorageWork,
): Promise<string> {
  if (isSubvolume(layer)) return layer;
  const base = `${dirname(layer)}/subvolume`;
  if (!existsSync(base)) await makeBase(helperPath, layer, base, machine, work);
  if (!isReadOnly(base)) await makeReadOnly(base);
  return base;
}

/** Staged in the machine's own storage, where nobody else makes one: two creates at once may both come here. */
async function makeBase(
  helperPath: string,
  layer: string,
  base: string,
  machine: MachineHandle,
  work: StorageWork,
): Promise<void> {
  const half = staged(`${storageDirectory(machine)}/base`);
  await removeTree(half);
  try {
    await createSubvolume(half);
    await copyInto(helperPath, layer, half, await bytesIn(layer, work.signal), work);
    await syncFileSystem(half, work);
    publish(half, base);
  } finally {
    await removeTree(half);
  }
}

function publish(half: string, base: string): void {
  try {
    renameSync(half, base);
    syncDirectory(dirname(base));
  } catch (cause) {
    // Another create was first; what it made is the same.
    if (!existsSync(base)) throw storageError('move', `${half} to ${base}`, cause);
  }
}
