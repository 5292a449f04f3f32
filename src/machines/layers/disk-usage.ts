/** What a machine takes on disk: what would be freed with it, and what others use too. Loaded lazily. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import type { DiskUsage } from '../machines.ts';
import { loadMachine } from '../store/store.ts';
import { type NamedStack, readReferences } from './references.ts';

export async function diskUsage({ paths, backend }: Domain, name: string): Promise<DiskUsage> {
  const { handle } = loadMachine(paths, name);
  const { own, shared } = layersOf(name, readReferences(paths).stacks);
  const trees = [join(handle.directory, 'storage'), paths.snapshots(name)];
  const total = async (directories: readonly string[]) => {
    let bytes = 0;
    for (const directory of directories.filter((path) => existsSync(path))) {
      bytes += await backend.storage.bytesOf(directory);
    }
    return bytes;
  };
  return {
    ownBytes: await total([...trees, ...own.map(paths.layerTree)]),
    sharedBytes: await total(shared.map(paths.layerTree)),
  };
}

/** Of all layers that the machine or its snapshots name: those that nothing else does, and the rest. */
function layersOf(name: string, stacks: readonly NamedStack[]) {
  const idsOf = (isWanted: (stack: NamedStack) => boolean) =>
    new Set(stacks.filter(isWanted).flatMap(({ layers }) => layers));
  const others = idsOf(({ machine }) => machine !== name);
  const named = [...idsOf(({ machine }) => machine === name)];
  return { own: named.filter((id) => !others.has(id)), shared: named.filter((id) => others.has(id)) };
}
