/** import: a machine out of an archive that anybody may have made. All is staged; the last deed moves it in place. Loaded lazily. */
import { dirname, join } from 'node:path';
import type { IdRange } from '../../backends/backend.ts';
import type { UnpackedFiles, UnpackedState } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { storedMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { layerIds, makeLayerFolder, newLayerId, removeUnusedLayer } from '../layers/new-layer.ts';
import type { ImportedMachine, ImportRequest } from '../machines.ts';
import { checkMachineName } from '../names/machine-names.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { type SnapshotRecord, saveSnapshot } from '../snapshots/snapshot-file.ts';
import { step } from '../store/crash-points.ts';
import type { ImportIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { releaseRanges } from '../store/ranges.ts';
import { takeReserve } from '../store/reserve.ts';
import { machineExists, saveConfig } from '../store/store.ts';
import { closedConfig } from './host-reaching.ts';
import {
  hostReachingOf,
  type IncomingArchive,
  snapshotsOf,
  unpackIncoming,
  withIdentity,
  withIncomingArchive,
} from './incoming-archive.ts';
import type { Manifest } from './manifest.ts';

export function importMachine(domain: Domain, request: ImportRequest): Promise<ImportedMachine> {
  if (request.name !== undefined) checkMachineName(request.name);
  const { storage } = domain.backend;
  return withIncomingArchive(storage, request, async (incoming) => {
    const { manifest } = incoming;
    const name = request.name ?? manifest.name;
    await request.checkName?.(name);
    await storage.requireDriver(request.storage ?? manifest.config.storage.driver);
    await withMachines(domain, [name], () => importAs(domain, name, incoming));
    takeReserve(domain.paths);
    return {
      name,
      snapshots: snapshotsOf(manifest).map((one) => one.name),
      leftOut: request.trust ? [] : hostReachingOf(manifest),
    };
  });
}

async function importAs(domain: Domain, name: string, incoming: IncomingArchive): Promise<void> {
  const { manifest, request } = incoming;
  if (machineExists(domain.paths, name)) {
    throw new MachineError('exists', `there is a machine "${name}" already`, {
      subject: name,
      hint: 'give the imported one another name: tsmachine import FILE NAME',
    });
  }
  request.signal.throwIfAborted();
  const intent: ImportIntent = { operation: 'import', name, layers: manifest.states.map(newLayerId) };
  await underIntent(domain, intent, () => importSteps(domain, intent, incoming));
  step('import', 8);
  record(domain, name, 'imported', { from: manifest.name });
  step('import', 9);
}

async function importSteps(domain: Domain, intent: ImportIntent, incoming: IncomingArchive): Promise<void> {
  const { paths, backend } = domain;
  const { name, layers } = intent;
  const { manifest, request } = incoming;
  step('import', 2);
  const idRange = await backend.allocateIdRange(name);
  step('import', 3);
  const unpacked = await unpackIncoming(incoming, paths.staging(name));
  step('import', 4);
  const draft = newConfig(domain, incoming, idRange);
  for (const layer of layers) makeLayerFolder(paths, layer, name);
  const { handle } = storedMachine(name, draft, paths, stagedIn(paths, name));
  makeDirectory(stagedIn(paths, name));
  const states = placedStates(paths, intent, manifest, unpacked);
  const stacks = await backend.storage.adopt(handle, states, paths.staging(name), request);
  for (const layer of layers) removeUnusedLayer(paths, layer);
  step('import', 5);
  saveAll(domain, name, incoming, draft, stacks.map(layerIds));
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

function placedStates(
  paths: Paths,
  { name, layers }: ImportIntent,
  { states }: Manifest,
  unpacked: readonly UnpackedFiles[],
): readonly UnpackedState[] {
  return unpacked.map((state, number) => {
    const snapshot = states[number]?.snapshot ?? null;
    const layer = paths.layerTree(layers[number] ?? '');
    const directory = snapshot === null ? undefined : stagedSnapshot(paths, name, snapshot.name);
    if (directory !== undefined) makeDirectory(directory);
    return {
      ...state,
      place: directory === undefined ? { layer } : { layer, tree: join(directory, 'root') },
    };
  });
}

/** The layers are yet to come. */
function newConfig(domain: Domain, incoming: IncomingArchive, idRange: IdRange): MachineConfig {
  const { manifest, request } = incoming;
  return withIdentity(settled(domain, manifest.config, request, idRange), incoming);
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
  { manifest, request }: IncomingArchive,
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
