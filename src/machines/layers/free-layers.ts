/** Layers that nothing names any more: they lose their name under the lock, and their files afterwards. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../files/atomic-file.ts';
import type { Domain } from '../domain.ts';
import { DOOMED, type Paths } from '../store/paths.ts';
import { readFolder } from '../store/store.ts';
import { readReferences } from './references.ts';

/** Why layers that nothing may name stay. */
export interface KeptLayers {
  readonly unreadable: string;
}

/** The caller holds the layers' lock. */
export function doomFreeLayers({ paths }: Domain): KeptLayers | undefined {
  // Before the references: one that is made meanwhile is none of ours.
  const present = readFolder(paths.layers).filter((id) => !id.startsWith(DOOMED));
  const { stacks, unreadable } = readReferences(paths);
  const [obstacle] = unreadable;
  if (obstacle !== undefined) {
    return { unreadable: obstacle };
  }
  const named = new Set(stacks.flatMap(({ layers }) => layers));
  const free = present.filter((id) => !named.has(id) && !isOfImage(paths, id));
  for (const id of free) {
    renameSync(paths.layer(id), join(paths.layers, `${DOOMED}${id}`));
  }
  if (free.length > 0) syncDirectory(paths.layers);
  return undefined;
}

/** An image's layer is there before the image, and may be built once and used often: images are removed as such. */
function isOfImage(paths: Paths, id: string): boolean {
  try {
    return 'imageKey' in JSON.parse(readFileSync(join(paths.layer(id), 'layer.json'), 'utf8'));
  } catch {
    return false;
  }
}

/** Also of a command that died. What cannot be deleted now is tried again the next time. */
export async function deleteDoomedLayers({ paths, backend }: Domain): Promise<void> {
  const doomed = existsSync(paths.layers)
    ? readFolder(paths.layers).filter((id) => id.startsWith(DOOMED))
    : [];
  for (const name of doomed) {
    try {
      await backend.storage.remove(join(paths.layers, name));
    } catch {}
  }
}
