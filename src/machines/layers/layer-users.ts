/** Who needs layers, in the words that a person knows them by. */
import { relative } from 'node:path';
import type { LayerUsers } from '../machines.ts';
import type { Paths } from '../store/paths.ts';
import type { NamedStack } from './references.ts';

/** Images are not counted: they are what is asked about. */
export function usersOf(paths: Paths, stacks: readonly NamedStack[], layers: readonly string[]): LayerUsers {
  const machines = new Set<string>();
  const snapshots = new Set<string>();
  const trash = new Set<string>();
  for (const { path } of stacks.filter((stack) => stack.layers.some((id) => layers.includes(id)))) {
    const [place, name = '', folder, snapshot] = relative(paths.root, path).split('/');
    if (place === 'trash') trash.add(name);
    else if (place === 'machines' && folder === 'snapshots') snapshots.add(`${name}@${snapshot}`);
    else if (place !== 'images') machines.add(name.replace(/\.json$/, ''));
  }
  return { machines: [...machines], snapshots: [...snapshots], trash: [...trash] };
}

export function isUnused({ machines, snapshots, trash }: LayerUsers): boolean {
  return machines.length + snapshots.length + trash.length === 0;
}
