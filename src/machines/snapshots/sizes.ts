/** What snapshots take on disk. Loaded lazily. */
import { mapAtMost } from '../at-most.ts';
import type { Domain } from '../domain.ts';
import { imageLayerId } from '../images/image-file.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine } from '../store/store.ts';
import { readSnapshotIn, readSnapshotNames, type SnapshotRecord } from './snapshot-file.ts';

/** So many are looked at by one process, and so many of those work at once. */
const BATCH = 64;
const AT_ONCE = 4;

/** By name; one that cannot be read, or whose files are not all there, has no size. */
export async function snapshotBytes(
  { paths, backend }: Domain,
  machine: string,
): Promise<ReadonlyMap<string, number>> {
  loadMachine(paths, machine);
  const records = readable(paths, machine);
  const places = [...records.values()].map((record) => ({
    name: record.name,
    path: ownPlace(paths, machine, record, records),
  }));
  const sizes = new Map(places.filter(({ path }) => path === undefined).map(({ name }) => [name, 0]));
  await mapAtMost(AT_ONCE, batches(places), async (batch) => {
    const bytes = await backend.storage.bytesOfEach(batch.map(({ path }) => path));
    batch.forEach(({ name }, index) => {
      const size = bytes[index];
      if (size !== undefined) sizes.set(name, size);
    });
  });
  return sizes;
}

/** Undefined if nothing had changed: then it has no layer of its own. */
function ownPlace(
  paths: Paths,
  machine: string,
  { name, parent, config }: SnapshotRecord,
  records: ReadonlyMap<string, SnapshotRecord>,
): string | undefined {
  const { driver, layers } = config.storage;
  if (driver !== 'overlay') return paths.snapshotTree(machine, name);
  const [top] = layers;
  const [below] = records.get(parent ?? '')?.config.storage.layers ?? [imageLayerId(config.imageKey)];
  return top === undefined || top === below ? undefined : paths.layerTree(top);
}

function readable(paths: Paths, machine: string): ReadonlyMap<string, SnapshotRecord> {
  const records = new Map<string, SnapshotRecord>();
  for (const name of readSnapshotNames(paths, machine)) {
    try {
      records.set(name, readSnapshotIn(paths.snapshot(machine, name), name));
    } catch {}
  }
  return records;
}

interface Place {
  readonly name: string;
  readonly path: string;
}

function batches(
  places: readonly { readonly name: string; readonly path: string | undefined }[],
): readonly (readonly Place[])[] {
  const found = places.filter((place): place is Place => place.path !== undefined);
  return Array.from({ length: Math.ceil(found.length / BATCH) }, (_, index) =>
    found.slice(index * BATCH, (index + 1) * BATCH),
  );
}
