/** clone: storage from a snapshot or the present state, staged with a config and an identity of its own. Loaded lazily. */

import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IdRange } from '../../backends/backend.ts';
import type { FileState, KeptState, StorageWork } from '../../backends/storage.ts';
import { makeDirectory, moveOut } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { markEphemeral } from '../ephemeral/marks.ts';
import { MachineError } from '../errors.ts';
import { describeLayer, layerIds, newLayerId } from '../layers/new-layer.ts';
import { isLive } from '../lifecycle/settle-ending.ts';
import { applyDiskLimit } from '../limits/disk-limit.ts';
import type { CloneRequest } from '../machines.ts';
import { newMachineId } from '../names/identity.ts';
import { checkMachineName } from '../names/machine-names.ts';
import { parseSource, type Source } from '../names/snapshot-names.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { requireOwnFiles } from '../snapshots/keeping.ts';
import { loadUsableSnapshot } from '../snapshots/snapshot-file.ts';
import { step } from '../store/crash-points.ts';
import { type CloneIntent, keepIntent, markIntent, writeIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { releaseRanges } from '../store/ranges.ts';
import { loadMachine, machineExists, saveMovedConfig, stageConfig } from '../store/store.ts';
import { isoMoment } from '../values/moments.ts';
import { quietWork } from '../work/quiet-work.ts';

/** What is cloned. */
interface Original {
  readonly machine: StoredMachine;
  /** Of the state that is cloned; its host name is written out. */
  readonly config: MachineConfig & { readonly hostname: string };
  /** Undefined: the present state. */
  readonly files: FileState | undefined;
  readonly live: boolean;
}

/** `source`: NAME or NAME@SNAPSHOT. The source may run. */
export async function clone(
  domain: Domain,
  source: string,
  newName: string,
  request: CloneRequest,
): Promise<void> {
  const from = parseSource(source);
  checkMachineName(newName);
  await withMachines(domain, [from.machine, newName], async () => {
    const original = await findOriginal(domain, from);
    if (machineExists(domain.paths, newName)) {
      throw new MachineError('exists', `there is a machine "${newName}" already`, {
        subject: newName,
        hint: 'choose another name, or destroy it first',
      });
    }
    request.signal.throwIfAborted();
    const intent = intentOf(original, newName);
    await underIntent(
      domain,
      intent,
      () => cloneSteps(domain, original, intent, request),
      undefined,
      markIntent,
    );
    step('clone', 9);
    record(domain, newName, 'cloned', { from: source });
    step('clone', 10);
  });
}

async function findOriginal(domain: Domain, { machine: name, snapshot }: Source): Promise<Original> {
  const machine = loadMachine(domain.paths, name);
  if (snapshot === undefined) {
    requireOwnFiles(domain, machine);
    const config = { ...machine.config, hostname: machine.handle.spec.hostname };
    return { machine, config, files: undefined, live: await isLive(domain, machine) };
  }
  const { record, files } = loadUsableSnapshot(domain.paths, name, snapshot);
  const config = { ...record.config, hostname: record.config.hostname ?? record.machine };
  return { machine, config, files, live: false };
}

function intentOf({ machine, files, live }: Original, name: string): CloneIntent {
  return {
    operation: 'clone',
    name,
    source: machine.name,
    layer: newLayerId(),
    sourceConfig: files === undefined && !live ? machine.config : undefined,
  };
}

async function cloneSteps(
  domain: Domain,
  original: Original,
  intent: CloneIntent,
  request: CloneRequest,
): Promise<void> {
  const { paths, backend } = domain;
  const { name, layer, source } = intent;
  step('clone', 2);
  const idRange = await backend.allocateIdRange(name);
  step('clone', 3);
  const draft = cloneConfig(original.config, idRange, request);
  const work: StorageWork = { ...request, beforeKeeping: () => keepIntent(paths, intent) };
  const { kept, machineLayers } = await cloneFiles(domain, original, name, draft, layer, work);
  step('clone', 4);
  saveSourceLayers(paths, intent, machineLayers);
  describeLayer(paths, layer, source);
  step('clone', 5);
  const config = { ...draft, storage: { ...draft.storage, layers: layerIds(kept.layers) } };
  stageConfig(stagedIn(paths, name), config);
  step('clone', 6);
  const machine = storedMachine(name, config, paths, stagedIn(paths, name));
  if (!request.keepIdentity) await backend.storage.renewIdentity(machine.handle);
  await applyDiskLimit(domain, machine);
  await backend.storage.sync(stagedIn(paths, name));
  request.signal.throwIfAborted();
  step('clone', 7);
  if (request.ephemeral !== undefined) markEphemeral(domain, name, request.ephemeral);
  makeDirectory(dirname(paths.machine(name)));
  moveOut(stagedIn(paths, name), paths.machine(name));
  step('clone', 8);
  rmdirSync(paths.staging(name));
}

function stagedIn(paths: Paths, name: string): string {
  return join(paths.staging(name), 'machine');
}

function cloneFiles(
  { paths, backend }: Domain,
  { machine, files }: Pick<Original, 'machine' | 'files'>,
  name: string,
  draft: MachineConfig,
  layer: string,
  work: StorageWork,
): Promise<KeptState> {
  makeDirectory(stagedIn(paths, name));
  const target = storedMachine(name, draft, paths, stagedIn(paths, name)).handle;
  return backend.storage.clone(machine.handle, files, target, paths.layerTree(layer), work);
}

/** A host name of its own goes with the identity; one that is kept is written out, since the name is another. */
function cloneConfig(
  { hostname, ephemeral: _, ...config }: Original['config'],
  idRange: IdRange,
  { keepIdentity, ephemeral }: CloneRequest,
): MachineConfig {
  const { snapshot: __, ...storage } = config.storage;
  const common = { ...config, idRange, storage, ...(ephemeral && { ephemeral: true as const }) };
  return keepIdentity
    ? { ...common, hostname }
    : { ...common, machineId: newMachineId(), createdAt: isoMoment(Date.now()) };
}

/** `directories`: as a backend names layers. */
function saveSourceLayers(
  paths: Paths,
  { source, sourceConfig }: CloneIntent,
  directories: readonly string[],
): void {
  const layers = layerIds(directories);
  if (sourceConfig !== undefined && layers.join() !== sourceConfig.storage.layers.join()) {
    const storage = { ...sourceConfig.storage, layers };
    saveMovedConfig(paths.machine(source), { ...sourceConfig, storage });
  }
}

/** The clone is whole or goes. What moved out of a stopped source stays a layer of it. */
export async function recoverClone(domain: Domain, intent: CloneIntent): Promise<'undone' | 'completed'> {
  const { paths, backend } = domain;
  if (!machineExists(paths, intent.name)) {
    await settleLayer(domain, intent);
    await removeHalf(domain, intent.name);
    return 'undone';
  }
  await backend.storage.remove(paths.staging(intent.name));
  return 'completed';
}

/** Where that fails it is tried again under the name of the clone alone: the source is as it should be. */
async function removeHalf(domain: Domain, name: string): Promise<void> {
  const { paths, backend } = domain;
  try {
    await backend.storage.remove(paths.staging(name));
    await releaseRanges(domain, name);
  } catch (error) {
    writeIntent(paths, { operation: 'create', name });
    throw error;
  }
}

function namesLayer(paths: Paths, machine: string, layer: string): boolean {
  try {
    return loadMachine(paths, machine).config.storage.layers.includes(layer);
  } catch {
    return false;
  }
}

async function settleLayer(domain: Domain, intent: CloneIntent): Promise<void> {
  const { paths, backend } = domain;
  const { name, source, layer, sourceConfig } = intent;
  if (sourceConfig === undefined || !existsSync(paths.layerTree(layer))) {
    await backend.storage.remove(paths.layer(layer));
    return;
  }
  describeLayer(paths, layer, source);
  if (namesLayer(paths, source, layer)) return;
  await backend.storage.remove(paths.staging(name));
  const machine = storedMachine(source, sourceConfig, paths);
  const draft = { ...sourceConfig, machineId: newMachineId() };
  const { machineLayers } = await cloneFiles(
    domain,
    { machine, files: undefined },
    name,
    draft,
    layer,
    quietWork,
  );
  saveSourceLayers(paths, intent, machineLayers);
}
