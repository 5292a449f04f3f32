/** export: states of a machine, as one archive that knows nothing of this host or of how it keeps files. Loaded lazily. */
import { existsSync } from 'node:fs';
import type { Compression } from '../../backends/storage.ts';
import { makeDirectory } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { isLive } from '../lifecycle/settle-ending.ts';
import type { ExportRequest } from '../machines.ts';
import { parseSource, type Source } from '../names/snapshot-names.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadUsableSnapshot, readSnapshotNames } from '../snapshots/snapshot-file.ts';
import { step } from '../store/crash-points.ts';
import { type ExportIntent, isAbandoned, readIntents } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine } from '../store/store.ts';
import {
  destinationOf,
  partOf,
  publish,
  refuseExisting,
  refusePart,
  removePart,
  writePart,
} from './archive-file.ts';
import {
  manifestOf,
  type OutgoingArchive,
  outgoingArchive,
  type PresentState,
  type SnapshotState,
  snapshotNames,
} from './outgoing-archive.ts';

/** `source`: NAME or NAME@SNAPSHOT. Returns the names of the snapshots that went with it. */
export async function exportMachine(
  domain: Domain,
  source: string,
  request: ExportRequest,
): Promise<readonly string[]> {
  const from = parseSource(source);
  const { path, compression } = destinationOf(request);
  return withMachines(domain, [from.machine], async () => {
    const outgoing = await collect(domain, from, request);
    request.signal.throwIfAborted();
    if (path !== undefined) refusePart(path);
    const pack = (descriptor: number) => packTo(domain, outgoing, compression, descriptor, request);
    const part = path === undefined ? undefined : partOf(path);
    const intent: ExportIntent = { operation: 'export', name: from.machine, part };
    await underIntent(domain, intent, () => exportSteps(domain, intent, path, request, pack));
    step('export', 5);
    record(domain, from.machine, 'exported', { source, ...(path === undefined ? {} : { path }) });
    step('export', 6);
    return snapshotNames(outgoing);
  });
}

async function exportSteps(
  { paths, backend }: Domain,
  { name, part }: ExportIntent,
  path: string | undefined,
  { force, progress }: ExportRequest,
  pack: (descriptor: number) => Promise<void>,
): Promise<void> {
  step('export', 2);
  if (part === undefined) await pack(1);
  else await writePart(part, pack, { progress });
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
  { machine: name, snapshot }: Source,
  { snapshots }: ExportRequest,
): Promise<OutgoingArchive> {
  const present = snapshot === undefined ? await presentOf(domain, name) : snapshotOf(domain, name, snapshot);
  return outgoingArchive(name, present, snapshots ? snapshotStates(domain, name) : []);
}

/** Throws `wrong-state` for a machine that runs: its files would be what no moment had. */
async function presentOf(domain: Domain, name: string): Promise<PresentState> {
  const machine = loadMachine(domain.paths, name);
  if (await isLive(domain, machine)) {
    throw new MachineError('wrong-state', 'the machine runs', {
      subject: name,
      hint: `tsmachine stop ${name}; or export a snapshot of it: tsmachine export ${name}@SNAPSHOT FILE`,
    });
  }
  const { config, handle } = machine;
  return {
    hostname: handle.spec.hostname,
    config,
    files: domain.backend.storage.stateOf(handle),
    goesOnFrom: config.storage.snapshot,
  };
}

function snapshotOf({ paths }: Domain, name: string, snapshot: string): PresentState {
  const { record: kept, files } = loadUsableSnapshot(paths, name, snapshot);
  const { config, machine } = kept;
  return { hostname: config.hostname ?? machine, config, files, goesOnFrom: snapshot };
}

/** Throws for one whose files are not all there. */
function snapshotStates({ paths }: Domain, machine: string): readonly SnapshotState[] {
  return readSnapshotNames(paths, machine).map((name) => loadUsableSnapshot(paths, machine, name));
}

async function packTo(
  { paths, backend }: Domain,
  outgoing: OutgoingArchive,
  compression: Compression,
  output: number,
  request: ExportRequest,
): Promise<void> {
  const workDirectory = paths.staging(outgoing.name);
  makeDirectory(workDirectory);
  const states = outgoing.states.map(({ packed }) => packed);
  const manifest = manifestOf(outgoing);
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
