/** import: a machine out of an archive that anybody may have made. All is staged; the last deed moves it in place. Loaded lazily. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IdRange } from '../../backends/backend.ts';
import type { ArchiveInput, OpenArchive, UnpackedState } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config-schema.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { newMachineId } from '../identity.ts';
import { layerIds, makeLayerFolder, newLayerId, removeUnusedLayer } from '../layers/new-layer.ts';
import { underIntent } from '../lifecycle/under-intent.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import type { ImportedMachine, ImportRequest } from '../machines.ts';
import { checkMachineName } from '../names.ts';
import { type SnapshotRecord, saveSnapshot } from '../snapshots/snapshot-file.ts';
import { storedMachine } from '../spec.ts';
import { step } from '../store/crash-points.ts';
import type { ImportIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { releaseRanges } from '../store/ranges.ts';
import { takeReserve } from '../store/reserve.ts';
import { machineExists, saveConfig } from '../store/store.ts';
import { readArchive } from './archive-file.ts';
import { closedConfig, hostReaching } from './host-reaching.ts';
import { type Manifest, parseManifest } from './manifest.ts';

interface Delivery {
  readonly archive: OpenArchive;
  readonly manifest: Manifest;
  readonly request: ImportRequest;
}

export function importMachine(domain: Domain, request: ImportRequest): Promise<ImportedMachine> {
  const { source } = request;
  if (request.name !== undefined) checkMachineName(request.name);
  const from = (input: ArchiveInput) => importFrom(domain, input, request);
  return source === 'stdin' ? from({ descriptor: 0, bytes: undefined }) : readArchive(source.path, from);
}

async function importFrom(
  domain: Domain,
  input: ArchiveInput,
  request: ImportRequest,
): Promise<ImportedMachine> {
  const { storage } = domain.backend;
  const archive = await storage.openArchive(input, request);
  try {
    const manifest = parseManifest(archive.manifest);
    const name = request.name ?? manifest.name;
    await storage.requireDriver(request.storage ?? manifest.config.storage.driver);
    await withMachines(domain, [name], () => importAs(domain, name, { archive, manifest, request }));
    takeReserve(domain.paths);
    return {
      name,
      snapshots: manifest.states.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot.name])),
      leftOut: request.trust ? [] : leftOut(manifest),
    };
  } finally {
    await archive.close();
  }
}

function leftOut({ config, states }: Manifest): readonly string[] {
  const configs = [config, ...states.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot.config]))];
  return [...new Set(configs.flatMap(hostReaching))];
}

async function importAs(domain: Domain, name: string, delivery: Delivery): Promise<void> {
  const { manifest, request } = delivery;
  if (machineExists(domain.paths, name)) {
    throw new MachineError('exists', `there is a machine "${name}" already`, {
      subject: name,
      hint: 'give the imported one another name: tsmachine import FILE NAME',
    });
  }
  request.signal.throwIfAborted();
  const intent: ImportIntent = { operation: 'import', name, layers: manifest.states.map(newLayerId) };
  await underIntent(domain, intent, () => importSteps(domain, intent, delivery));
  step('import', 8);
  record(domain, name, 'imported', { from: manifest.name });
  step('import', 9);
}

async function importSteps(domain: Domain, intent: ImportIntent, delivery: Delivery): Promise<void> {
  const { paths, backend } = domain;
  const { name, layers } = intent;
  const { archive, manifest, request } = delivery;
  step('import', 2);
  const idRange = await backend.allocateIdRange(name);
  step('import', 3);
  const unpacked = join(paths.staging(name), 'unpacked');
  makeDirectory(paths.staging(name));
  mkdirSync(unpacked, { mode: 0o700 });
  await archive.unpack(unpacked, manifest.states.length, request.maxBytes);
  request.signal.throwIfAborted();
  step('import', 4);
  const draft = newConfig(domain, delivery, idRange);
  for (const layer of layers) makeLayerFolder(paths, layer, name);
  const { handle } = storedMachine(name, draft, paths, stagedIn(paths, name));
  makeDirectory(stagedIn(paths, name));
  const states = unpackedStates(paths, intent, manifest, unpacked);
  const stacks = await backend.storage.adopt(handle, states, paths.staging(name), request);
  for (const layer of layers) removeUnusedLayer(paths, layer);
  step('import', 5);
  saveAll(domain, name, delivery, draft, stacks.map(layerIds));
  step('import', 6);
  if (!request.keepIdentity) await renewIdentity(domain, name, draft, stacks.at(-1) ?? []);
  await backend.storage.sync(stagedIn(paths, name));
  request.signal.throwIfAborted();
  step('import', 7);
  makeDirectory(dirname(paths.machine(name)));
  renameDurably(stagedIn(paths, name), paths.machine(name));
  await backend.storage.remove(paths.staging(name));
}

async function renewIdentity(
  { paths, backend }: Domain,
  name: string,
  draft: MachineConfig,
  stack: readonly string[],
): Promise<void> {
  const config = withLayers(draft, layerIds(stack));
  await backend.storage.renewIdentity(storedMachine(name, config, paths, stagedIn(paths, name)).handle);
}

function stagedIn(paths: Paths, name: string): string {
  return join(paths.staging(name), 'machine');
}

function stagedSnapshot(paths: Paths, name: string, snapshot: string): string {
  return join(stagedIn(paths, name), 'snapshots', snapshot);
}

function unpackedStates(
  paths: Paths,
  { name, layers }: ImportIntent,
  { states }: Manifest,
  unpacked: string,
): readonly UnpackedState[] {
  return states.map(({ snapshot, base, removed }, number) => {
    const layer = paths.layerTree(layers[number] ?? '');
    const directory = snapshot === null ? undefined : stagedSnapshot(paths, name, snapshot.name);
    if (directory !== undefined) makeDirectory(directory);
    return {
      directory: join(unpacked, 'states', String(number)),
      base: base ?? undefined,
      removed: removed.map((path) => Buffer.from(path, 'base64')),
      place: directory === undefined ? { layer } : { layer, tree: join(directory, 'root') },
    };
  });
}

/** The layers are yet to come. */
function newConfig(domain: Domain, { manifest, request }: Delivery, idRange: IdRange): MachineConfig {
  const { hostname, ...config } = settled(domain, manifest.config, request, idRange);
  return request.keepIdentity
    ? { ...config, hostname: manifest.hostname }
    : { ...config, machineId: newMachineId(), createdAt: new Date().toISOString() };
}

/** What is of the other host becomes what it is here. */
function settled(
  { backend }: Domain,
  { ephemeral: _, ...config }: MachineConfig,
  request: ImportRequest,
  idRange: IdRange,
): MachineConfig {
  const storage = { ...config.storage, driver: request.storage ?? config.storage.driver };
  const own = { ...config, backend: backend.name, storage, idRange };
  return request.trust ? own : closedConfig(own);
}

function saveAll(
  domain: Domain,
  name: string,
  { manifest, request }: Delivery,
  draft: MachineConfig,
  stacks: readonly (readonly string[])[],
): void {
  const { paths } = domain;
  const driver = draft.storage.driver;
  for (const [number, { snapshot }] of manifest.states.entries()) {
    const layers = stacks[number] ?? [];
    if (snapshot === null) {
      saveConfig(stagedIn(paths, name), withLayers(draft, layers));
      continue;
    }
    const config = settled(domain, snapshot.config, { ...request, storage: driver }, draft.idRange);
    const kept: SnapshotRecord = { ...snapshot, config: withLayers(config, layers) };
    saveSnapshot(stagedSnapshot(paths, name, snapshot.name), kept);
  }
}

function withLayers(config: MachineConfig, layers: readonly string[]): MachineConfig {
  return { ...config, storage: { ...config.storage, layers } };
}

/** It is whole or goes. */
export async function recoverImport(
  domain: Domain,
  { name, layers }: ImportIntent,
): Promise<'undone' | 'completed'> {
  const { paths, backend } = domain;
  await backend.storage.remove(paths.staging(name));
  if (machineExists(paths, name)) return 'completed';
  for (const layer of layers) await backend.storage.remove(paths.layer(layer));
  await releaseRanges(domain, name);
  return 'undone';
}
