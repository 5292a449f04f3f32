/** What kept states take on disk: each its whole tree, blocks that it shares with others too. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { requireImageMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { blocksOf, noteBytes } from '../trash/purge.ts';
import { type KeptState, keptStates } from './kept-states.ts';

/** By name; one that cannot be looked through has no size. */
export async function snapshotBytes(
  managed: ManagedDomain,
  machine: string,
): Promise<ReadonlyMap<string, number>> {
  const manager = await managed.manager();
  await requireImageMachine(manager, machine);
  const sizes = new Map<string, number>();
  const unknown: KeptState[] = [];
  for (const state of await keptStates(manager, machine)) {
    const bytes = knownBytes(state);
    if (bytes === undefined) unknown.push(state);
    else sizes.set(state.name, bytes);
  }
  await measure(manager, unknown, sizes);
  return sizes;
}

/** As the file system counts it, or as it was counted before. */
function knownBytes({ image: { kind, path, usageBytes }, facts }: KeptState): number | undefined {
  if (usageBytes !== null) return usageBytes;
  return kind === 'directory' || kind === 'subvolume' ? facts.bytes : blocksOf(path);
}

async function measure(
  manager: Manager,
  states: readonly KeptState[],
  sizes: Map<string, number>,
): Promise<void> {
  const all = await manager.trees.bytesOfEach(states.map(({ image }) => image.path));
  for (const [index, { name, image }] of states.entries()) {
    const bytes = all[index];
    if (bytes === undefined) continue;
    sizes.set(name, bytes);
    await noteBytes(manager, image.name, bytes);
  }
}
