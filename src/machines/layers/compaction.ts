/**
 * Fewer layers: where nothing begins at a layer but the one above it, and all that names it belongs to one stopped machine, the
 * one above moves down into it. Nobody else can come to name them meanwhile: that takes the machine's lock.
 */

import { existsSync } from 'node:fs';
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { readSnapshotIn, readSnapshotNames, saveSnapshot } from '../snapshots/snapshot-file.ts';
import { step } from '../store/crash-points.ts';
import { loadMachine, saveMovedConfig } from '../store/store.ts';
import { quietWork } from '../work/quiet-work.ts';
import { DEEP } from './depth.ts';
import { withLayersLock } from './layers-lock.ts';
import { type NamedStack, readReferences } from './references.ts';

export interface LayerPair {
  readonly upper: string;
  readonly lower: string;
}

/** Merges what can be merged, of a stopped machine. That it could not is no failure; throws the signal's reason. The caller holds its lock. */
export async function compact(domain: Domain, machine: string, work: StorageWork): Promise<void> {
  try {
    if (!isOverlayAtRest(domain, machine)) return;
    for (let merged = 0; ; merged += 1) {
      const pairs = await findPairs(domain, machine);
      const [pair] = pairs;
      if (pair === undefined) return;
      work.signal.throwIfAborted();
      const part = { noun: 'layer', number: merged + 1, of: merged + pairs.length } as const;
      const progress: StorageWork['progress'] = (step) => work.progress({ ...step, part });
      await merge(domain, machine, pair, { ...work, progress });
    }
  } catch {
    // The layers show the same, merged or not; a merge that broke off is finished when the machine is next used.
    work.signal.throwIfAborted();
  }
}

/** A deep stack in which every layer is where a snapshot begins is not looked at. Broken off, the next command goes on. */
export async function compactIfDeep(domain: Domain, machine: string, work: StorageWork): Promise<void> {
  const depth = loadMachine(domain.paths, machine).config.storage.layers.length;
  if (depth > DEEP && depth > readSnapshotNames(domain.paths, machine).length + 1) {
    await compact(domain, machine, work).catch(() => {});
  }
}

function isOverlayAtRest({ paths, backend }: Domain, machine: string): boolean {
  const { config, handle } = loadMachine(paths, machine);
  return config.storage.driver === 'overlay' && backend.status(handle).state === 'stopped';
}

async function findPairs(domain: Domain, machine: string): Promise<readonly LayerPair[]> {
  const { stacks, unreadable } = await withLayersLock(domain, async () => readReferences(domain.paths));
  return unreadable.length > 0 ? [] : mergeablePairs(stacks, machine);
}

/** The first is the lowest one: what lies above it then moves down with it. Each merge leaves one pair less. */
export function mergeablePairs(stacks: readonly NamedStack[], machine: string): readonly LayerPair[] {
  const foreign = new Set(
    stacks.filter((stack) => stack.machine !== machine).flatMap(({ layers }) => layers),
  );
  const above = new Map<string, Set<string | undefined>>();
  for (const { layers } of stacks) {
    layers.forEach((id, index) => {
      above.set(id, (above.get(id) ?? new Set()).add(layers[index - 1]));
    });
  }
  const own = stacks
    .filter((stack) => stack.machine === machine)
    .flatMap(({ layers }) => layers.toReversed());
  return [...new Set(own)].flatMap((lower) => {
    const [upper, ...others] = above.get(lower) ?? [];
    return upper !== undefined && others.length === 0 && !foreign.has(lower) ? [{ upper, lower }] : [];
  });
}

/** Top first; undefined if they are not the same in all stacks of the machine. */
export function layersBelow(
  lower: string,
  machine: string,
  stacks: readonly NamedStack[],
): readonly string[] | undefined {
  const grounds = stacks
    .filter((stack) => stack.machine === machine && stack.layers.includes(lower))
    .map(({ layers }) => layers.slice(layers.indexOf(lower) + 1));
  const [first] = grounds;
  return grounds.every((ground) => ground.join() === first?.join()) ? first : undefined;
}

async function merge(domain: Domain, machine: string, pair: LayerPair, work: StorageWork): Promise<void> {
  const deeds = async () => {
    await completeMerge(domain, machine, pair, work);
    step('merge', 6);
  };
  await underIntent(domain, { operation: 'merge', name: machine, ...pair }, deeds, work.signal);
  step('merge', 7);
}

/** One that cannot be finished is left: the upper layer over the lower one is still what it was. */
export async function recoverMerge(
  domain: Domain,
  machine: string,
  pair: LayerPair,
): Promise<'completed' | 'undone'> {
  try {
    return await completeMerge(domain, machine, pair, quietWork);
  } catch {
    return 'undone';
  }
}

/** May be repeated: at every moment the upper layer over the lower one looks the same. */
async function completeMerge(
  { paths, backend }: Domain,
  machine: string,
  { upper, lower }: LayerPair,
  work: StorageWork,
): Promise<'completed'> {
  step('merge', 2);
  if (existsSync(paths.layerTree(upper))) {
    const deeper = layersBelow(lower, machine, readReferences(paths).stacks)?.map(paths.layerTree);
    await backend.storage.merge(paths.layerTree(upper), paths.layerTree(lower), deeper, work);
  }
  const without = (layers: readonly string[]) =>
    layers.filter((id) => id !== upper || !layers.includes(lower));
  step('merge', 3);
  for (const name of readSnapshotNames(paths, machine)) {
    const directory = paths.snapshot(machine, name);
    const record = readSnapshotIn(directory, name);
    const { storage } = record.config;
    if (storage.layers.includes(upper)) {
      const config = { ...record.config, storage: { ...storage, layers: without(storage.layers) } };
      saveSnapshot(directory, { ...record, config });
    }
  }
  step('merge', 4);
  const { config } = loadMachine(paths, machine);
  if (config.storage.layers.includes(upper)) {
    const storage = { ...config.storage, layers: without(config.storage.layers) };
    saveMovedConfig(paths.machine(machine), { ...config, storage });
  }
  step('merge', 5);
  await backend.storage.remove(paths.layer(upper));
  return 'completed';
}
