/** What a machine takes on disk: what would be freed with it, and what others use too. Loaded lazily. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import type { DiskUsage } from '../machines.ts';
import { loadMachine } from '../store/store.ts';
import { type NamedStack, readReferences } from './references.ts';

export async function diskUsage({ paths, backend }: Domain, name: string): Promise<DiskUsage> {
  const { handle, config } = loadMachine(paths, name);
  const { own, shared } = layersOf(name, readReferences(paths).stacks);
  const trees = [join(handle.directory, 'storage'), paths.snapshots(name), ...own.map(paths.layer)];
  const usage = await backend.storage.sharesOf(existing(trees));
  // A whole tree only began as its layer: what it still has of that, its files say.
  if (config.storage.driver !== 'overlay') return usage;
  // Counted with its own files: those may have blocks of these layers too.
  const all = await backend.storage.sharesOf(existing([...trees, ...shared.map(paths.layerTree)]));
  return { ...usage, sharedBytes: all.ownBytes + all.sharedBytes - usage.ownBytes };
}

function existing(directories: readonly string[]): readonly string[] {
  return directories.filter((path) => existsSync(path));
}

/** Of all layers that the machine or its snapshots name: those that nothing else does, and the rest. */
function layersOf(name: string, stacks: readonly NamedStack[]) {
  const idsOf = (isWanted: (stack: NamedStack) => boolean) =>
    new Set(stacks.filter(isWanted).flatMap(({ layers }) => layers));
  const others = idsOf(({ machine }) => machine !== name);
  const named = [...idsOf(({ machine }) => machine === name)];
  return { own: named.filter((id) => !others.has(id)), shared: named.filter((id) => others.has(id)) };
}
