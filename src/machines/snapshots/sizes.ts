/** What snapshots take on disk. Loaded lazily. */
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import { imageLayerId } from '../images/image-file.ts';
import type { Paths } from '../store/paths.ts';
import { readSizeNote, writeSizeNote } from '../store/size-note.ts';
import { loadMachine } from '../store/store.ts';
import { mapAtMost } from '../work/at-most.ts';
import { readSnapshotIn, readSnapshotNames, type SnapshotRecord } from './snapshot-file.ts';

/** So many are looked at by one process, and so many of those work at once. */
const BATCH = 64;
const AT_ONCE = 4;

/** Beside a whole tree, which nobody changes any more; a layer may still grow by a merge. */
const SIZE_FILE = 'bytes';

/** By name; one that cannot be read, or whose files are not all there, has no size. */
export async function snapshotBytes(domain: Domain, machine: string): Promise<ReadonlyMap<string, number>> {
  const { paths } = domain;
  loadMachine(paths, machine);
  const records = readable(paths, machine);
  const sizes = new Map<string, number>();
  const unknown: Place[] = [];
  for (const record of records.values()) {
    const place = placeOf(paths, machine, record, records);
    const bytes = place === undefined ? 0 : notedBytes(place);
    if (bytes !== undefined) sizes.set(record.name, bytes);
    else if (place !== undefined) unknown.push(place);
  }
  await mapAtMost(AT_ONCE, batches(unknown), (batch) => measure(domain, batch, sizes));
  return sizes;
}

function notedBytes({ note }: Place): number | undefined {
  return note === undefined ? undefined : readSizeNote(note);
}

async function measure(
  { backend }: Domain,
  places: readonly Place[],
  sizes: Map<string, number>,
): Promise<void> {
  const all = await backend.storage.bytesOfEach(places.map(({ path }) => path));
  for (const [index, { name, note }] of places.entries()) {
    const bytes = all[index];
    if (bytes === undefined) continue;
    sizes.set(name, bytes);
    if (note !== undefined) writeSizeNote(note, bytes);
  }
}

interface Place {
  readonly name: string;
  readonly path: string;
  /** Where its size may be noted. */
  readonly note: string | undefined;
}

/** Undefined if nothing had changed: then it has no layer of its own. */
function placeOf(
  paths: Paths,
  machine: string,
  { name, parent, config }: SnapshotRecord,
  records: ReadonlyMap<string, SnapshotRecord>,
): Place | undefined {
  const { driver, layers } = config.storage;
  if (driver !== 'overlay') {
    const note = join(paths.snapshot(machine, name), SIZE_FILE);
    return { name, path: paths.snapshotTree(machine, name), note };
  }
  const [top] = layers;
  const [below] = records.get(parent ?? '')?.config.storage.layers ?? [imageLayerId(config.imageKey)];
  return top === undefined || top === below
    ? undefined
    : { name, path: paths.layerTree(top), note: undefined };
}

function readable(paths: Paths, machine: string): ReadonlyMap<string, SnapshotRecord> {
  const records = new Map<string, SnapshotRecord>();
  for (const name of readSnapshotNames(paths, machine)) {
    try {
      records.set(name, readSnapshotIn(paths.snapshot(machine, name), name));
    } catch {
      // Damaged: doctor says how. The others have their sizes all the same.
    }
  }
  return records;
}

function batches(places: readonly Place[]): readonly (readonly Place[])[] {
  return Array.from({ length: Math.ceil(places.length / BATCH) }, (_, index) =>
    places.slice(index * BATCH, (index + 1) * BATCH),
  );
}
