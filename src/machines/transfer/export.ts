/** export: states of a machine, as one archive that knows nothing of this host or of how it keeps files. Loaded lazily. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Compression, PackedState } from '../../backends/storage.ts';
import { makeDirectory } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config-schema.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { stateOfSource } from '../files/states.ts';
import { isLive } from '../lifecycle/settle-ending.ts';
import { underIntent } from '../lifecycle/under-intent.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import type { ExportRequest } from '../machines.ts';
import { loadUsableSnapshot, readSnapshotNames } from '../snapshots/snapshot-file.ts';
import { parseSource, type Source } from '../snapshots/snapshot-names.ts';
import { step } from '../store/crash-points.ts';
import { type ExportIntent, isAbandoned, readIntents } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine } from '../store/store.ts';
import {
  compressionOf,
  partOf,
  publish,
  refuseExisting,
  refusePart,
  removePart,
  writePart,
} from './archive-file.ts';
import { formatManifest, type Manifest, portableConfig, portableSnapshot } from './manifest.ts';

/** A state on its way. */
interface Parcel {
  readonly packed: PackedState;
  readonly snapshot: Manifest['states'][number]['snapshot'];
}

interface Consignment {
  readonly name: string;
  readonly hostname: string;
  readonly config: MachineConfig;
  readonly parcels: readonly Parcel[];
}

/** `source`: NAME or NAME@SNAPSHOT. Returns the names of the snapshots that went with it. */
export async function exportMachine(
  domain: Domain,
  source: string,
  request: ExportRequest,
): Promise<readonly string[]> {
  const from = parseSource(source);
  const path = request.target === 'stdout' ? undefined : resolve(request.target.path);
  const compression = path === undefined ? 'zstd' : compressionOf(path);
  if (path !== undefined && !request.force) refuseExisting(path);
  return withMachines(domain, [from.machine], async () => {
    const consignment = await collect(domain, source, from, request);
    request.signal.throwIfAborted();
    if (path !== undefined) refusePart(path);
    const pack = (descriptor: number) => packTo(domain, consignment, compression, descriptor, request);
    const part = path === undefined ? undefined : partOf(path);
    const intent: ExportIntent = { operation: 'export', name: from.machine, part };
    await underIntent(domain, intent, () => exportSteps(domain, intent, path, request, pack));
    step('export', 5);
    record(domain, from.machine, 'exported', { source, ...(path === undefined ? {} : { path }) });
    step('export', 6);
    return consignment.parcels.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot.name]));
  });
}

async function exportSteps(
  { paths, backend }: Domain,
  { name, part }: ExportIntent,
  path: string | undefined,
  { force }: ExportRequest,
  pack: (descriptor: number) => Promise<void>,
): Promise<void> {
  step('export', 2);
  if (part === undefined) await pack(1);
  else await writePart(part, pack);
  step('export', 3);
  await backend.storage.remove(paths.staging(name));
  if (path !== undefined) {
    if (!force) refuseExisting(path);
    publish(path);
  }
  step('export', 4);
}

async function collect(
  domain: Domain,
  source: string,
  { machine: name, snapshot }: Source,
  { snapshots }: ExportRequest,
): Promise<Consignment> {
  const present = snapshot === undefined ? await presentOf(domain, name) : snapshotOf(domain, name, snapshot);
  const kept = snapshots ? snapshotParcels(domain, name) : [];
  const goesOnFrom = kept.findIndex((parcel) => parcel.snapshot?.name === present.goesOnFrom);
  const files = stateOfSource(domain, source).state;
  const base = kept.length === 0 ? undefined : Math.max(0, goesOnFrom);
  const { snapshot: _, ...storage } = present.config.storage;
  const next = goesOnFrom < 0 ? storage : { ...storage, snapshot: present.goesOnFrom as string };
  return {
    name,
    hostname: present.hostname,
    config: { ...present.config, storage: next },
    parcels: [...kept, { packed: { files, base }, snapshot: null }],
  };
}

interface Present {
  readonly hostname: string;
  readonly config: MachineConfig;
  readonly goesOnFrom: string | undefined;
}

/** Throws `wrong-state` for a machine that runs: its files would be what no moment had. */
async function presentOf(domain: Domain, name: string): Promise<Present> {
  const machine = loadMachine(domain.paths, name);
  if (await isLive(domain, machine)) {
    throw new MachineError('wrong-state', 'the machine runs', {
      subject: name,
      hint: `tsmachine stop ${name}; or export a snapshot of it: tsmachine export ${name}@SNAPSHOT FILE`,
    });
  }
  const { config, handle } = machine;
  return { hostname: handle.spec.hostname, config, goesOnFrom: config.storage.snapshot };
}

function snapshotOf({ paths }: Domain, name: string, snapshot: string): Present {
  const { config, machine } = loadUsableSnapshot(paths, name, snapshot).record;
  return { hostname: config.hostname ?? machine, config, goesOnFrom: snapshot };
}

/** Oldest first, so that what a snapshot goes on from comes before it. Throws for one whose files are not all there. */
function snapshotParcels({ paths }: Domain, machine: string): readonly Parcel[] {
  const all = readSnapshotNames(paths, machine)
    .map((name) => loadUsableSnapshot(paths, machine, name))
    .sort((one, other) => compare(one.record.createdAt, other.record.createdAt));
  return all.map(({ record: kept, files }, number) => {
    const parent = all.findIndex(({ record: { name } }) => name === kept.parent);
    const base = number === 0 ? undefined : parent >= 0 && parent < number ? parent : 0;
    return { packed: { files, base }, snapshot: portableSnapshot(kept) };
  });
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

async function packTo(
  { paths, backend }: Domain,
  { name, hostname, config, parcels }: Consignment,
  compression: Compression,
  output: number,
  request: ExportRequest,
): Promise<void> {
  const workDirectory = paths.staging(name);
  makeDirectory(workDirectory);
  const manifest = (removed: readonly (readonly Buffer[])[]) =>
    formatManifest({
      name,
      hostname,
      config: portableConfig(config),
      states: parcels.map(({ packed, snapshot }, number) => ({
        snapshot,
        base: packed.base ?? null,
        removed: (removed[number] ?? []).map((path) => path.toString('base64')),
      })),
    });
  const states = parcels.map(({ packed }) => packed);
  await backend.storage.pack({ states, manifest, compression, workDirectory, output }, request);
}

/** Two that began at once have both noted it before one of them made it. */
function isOfAnother(paths: Paths, name: string, part: string): boolean {
  return readIntents(paths).some(
    (other) =>
      other.operation === 'export' && other.name !== name && other.part === part && !isAbandoned(other),
  );
}

/** What was not whole goes. Without a part it had not begun, or was done. */
export async function recoverExport(
  { paths, backend }: Domain,
  { name, part }: ExportIntent,
): Promise<'undone' | undefined> {
  await backend.storage.remove(paths.staging(name));
  if (part === undefined || !existsSync(part) || isOfAnother(paths, name, part)) return undefined;
  removePart(part);
  return 'undone';
}
