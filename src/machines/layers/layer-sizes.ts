/** What each read-only layer of a machine takes on disk. Loaded lazily. */
import type { Domain } from '../domain.ts';
import type { LayerSize } from '../machines.ts';
import { loadMachine } from '../store/store.ts';

/** Top first. */
export async function layerSizes({ paths, backend }: Domain, name: string): Promise<readonly LayerSize[]> {
  const ids = loadMachine(paths, name).config.storage.layers;
  const sizes = await backend.storage.bytesOfEach(ids.map(paths.layerTree));
  return ids.map((id, index) => ({ id, bytes: sizes[index] ?? null }));
}
