/** Layers that nothing names any more: they lose their name under the lock, and their files afterwards. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../files/atomic-file.ts';
import { randomHex } from '../../files/random-bytes.ts';
import type { Domain } from '../domain.ts';
import { DOOMED, type Paths } from '../store/paths.ts';
import { readFolder } from '../store/store.ts';
import type { Remover } from '../trash/remover.ts';
import { readReferences } from './references.ts';

/** `unreadable`: a file that may name any layer, so that none is free. */
export type FreeLayers =
  | { readonly ids: readonly string[]; readonly unreadable: undefined }
  | { readonly ids: readonly []; readonly unreadable: string };

/** Why layers that nothing may name stay. */
export interface KeptLayers {
  readonly unreadable: string;
}

/** Exact only under the layers' lock. `without`: as if these folders were gone. */
export function findFreeLayers(paths: Paths, without: readonly string[] = []): FreeLayers {
  // Before the references: one that is made meanwhile is none of ours.
  const present = readFolder(paths.layers).filter((id) => !id.startsWith(DOOMED));
  const { stacks, unreadable } = readReferences(paths);
  const [obstacle] = unreadable;
  if (obstacle !== undefined) {
    return { ids: [], unreadable: obstacle };
  }
  const gone = new Set(without);
  const staying = stacks.filter(({ path }) => !foldersOf(path).some((folder) => gone.has(folder)));
  const named = new Set(staying.flatMap(({ layers }) => layers));
  return { ids: present.filter((id) => !named.has(id)), unreadable: undefined };
}

/** In which a file lies. */
function foldersOf(path: string): readonly string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index).join('/')).slice(1);
}

/** The caller holds the layers' lock. */
export function doomFreeLayers({ paths }: Domain): KeptLayers | undefined {
  const { ids, unreadable } = findFreeLayers(paths);
  if (unreadable !== undefined) {
    return { unreadable };
  }
  for (const id of ids) doomLayer(paths, id);
  if (ids.length > 0) syncDirectory(paths.layers);
  return undefined;
}

/** The id of an image's layer is the same each time that it is built: another one of that id may still be in deletion. */
export function doomLayer(paths: Paths, id: string): void {
  renameSync(paths.layer(id), join(paths.layers, `${DOOMED}${id}.${randomHex(4)}`));
}

export function readDoomedLayers({ layers }: Paths): readonly string[] {
  return readFolder(layers).filter((id) => id.startsWith(DOOMED));
}

/** Also of a command that died. What cannot be deleted now is tried again the next time. Throws the signal's reason. */
export async function deleteDoomedLayers({ paths }: Domain, { remove, work }: Remover): Promise<void> {
  const folders = readDoomedLayers(paths).map((name) => join(paths.layers, name));
  for (const [index, folder] of folders.entries()) {
    try {
      await remove(folder, folders.slice(index + 1));
    } catch {
      // Doctor tells of it.
      work.signal.throwIfAborted();
    }
  }
}
