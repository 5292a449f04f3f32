/** What a manager's machine takes on disk, its kept states with it. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import type { DiskUsage } from '../../machines.ts';
import { keptStateName, splitKeptState } from '../images/image-names.ts';

/** @throws BackendError */
export async function managedDiskUsage(
  manager: Manager,
  { name, image }: ManagedMachine,
): Promise<DiskUsage> {
  if (image === null) return { ownBytes: 0, sharedBytes: 0 };
  const { usageBytes, exclusiveBytes } = image;
  const states = (await manager.views.keptStates(name)).map((snapshot) => keptStateName(name, snapshot));
  // The file system has counted it already; of several images it does not tell what they have in common.
  if (states.length === 0 && usageBytes !== null && exclusiveBytes !== null) {
    return { ownBytes: exclusiveBytes, sharedBytes: Math.max(0, usageBytes - exclusiveBytes) };
  }
  const images = states.length === 0 ? [image] : await imagesOf(manager, name);
  const files = images.filter(({ kind }) => kind === 'raw' || kind === 'block');
  const trees = images.filter((one) => !files.includes(one)).map(({ path }) => path);
  const own = files.reduce((sum, file) => sum + (file.usageBytes ?? 0), 0);
  if (trees.length === 0) return { ownBytes: own, sharedBytes: 0 };
  const shares = await manager.trees.sharesOf(trees);
  return { ownBytes: shares.ownBytes + own, sharedBytes: shares.sharedBytes };
}

async function imagesOf({ images }: Manager, name: string) {
  return await images.those((image) => splitKeptState(image).machine === name);
}
