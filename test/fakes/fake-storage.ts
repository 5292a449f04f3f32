/**
 * Where a fake machine's files lie. The folders are real, moved and copied as the drivers do it, so that what survives a crash
 * can be looked at; but it is a fake: `overlay` never mounts (a deletion is not remembered), `btrfs` is plain folders, and the
 * host name lies beside the files. FAKE_STORAGE_CRASH_AT=VERB makes the process die in the middle of keep, replace, clone, merge, pack or adopt.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BackendError, type MachineHandle } from '../../src/backends/backend.ts';
import type { BackendStorage, FileState, KeptState, StorageWork } from '../../src/backends/storage.ts';
import { adopt, openArchive, pack } from './fake-archive.ts';

/** Where the files of a fake machine are that may be written. */
export function writableFolder({ spec, directory }: MachineHandle): string {
  return join(directory, 'storage', spec.storage.driver === 'overlay' ? 'upper' : 'root');
}

export function createFakeStorage(
  call: (verb: string, name: string) => void,
  runs: (name: string) => boolean,
): BackendStorage {
  const unused = () => {
    throw new Error('the fake storage has no such thing');
  };
  const begin = (verb: string, machine: MachineHandle, { signal }: StorageWork) => {
    call(verb, machine.spec.name);
    signal.throwIfAborted();
  };
  return {
    requireDriver: async (driver, needs) => {
      if (needs?.limitsDisk) requireDiskLimit(driver);
    },
    stateOf: presentState,
    async prepare(machine) {
      call('prepareStorage', machine.spec.name);
      prepare(machine);
    },
    async sync(directory) {
      call('sync', directory);
    },
    async writeIdentity(machine) {
      call('writeIdentity', machine.spec.name);
      writeHostname(machine);
    },
    async renewIdentity(machine) {
      call('renewIdentity', machine.spec.name);
      writeHostname(machine);
    },
    async keep(machine, place, work) {
      begin('keep', machine, work);
      const live = runs(machine.spec.name);
      const kept = live ? { ...keepLive(machine, place), frozenMs: 7 } : keepStopped(machine, place);
      dieAt('keep');
      mkdirSync(writableFolder(machine), { recursive: true });
      return kept;
    },
    async replace(machine, from, place, work) {
      begin('replace', machine, work);
      const upper = machine.spec.storage.driver === 'overlay';
      const { kept } = upper ? keepStopped(machine, place) : swap(machine, from, place.tree);
      // Nothing was moved: an empty folder goes, and another one comes.
      if (upper) rmSync(writableFolder(machine), { recursive: true, force: true });
      dieAt('replace');
      mkdirSync(writableFolder(machine), { recursive: true });
      return { kept, machineLayers: from.layers, frozenMs: undefined };
    },
    async clone(source, from, target, layer, work) {
      begin('clone', source, work);
      const kept = from === undefined ? shareable(source, layer, runs(source.spec.name)) : stay(source, from);
      dieAt('clone');
      if (kept.kept.tree !== undefined) cpSync(kept.kept.tree, writableFolder(target), { recursive: true });
      mkdirSync(writableFolder(target), { recursive: true });
      mkdirSync(writableFolder(source), { recursive: true });
      writeHostname(target);
      return kept;
    },
    async limitDisk(machine, bytes) {
      if (bytes !== 'max') requireDiskLimit(machine.spec.storage.driver);
      call('limitDisk', `${machine.spec.name} ${bytes}`);
    },
    async remove(path) {
      call('remove', path);
      rmSync(path, { recursive: true, force: true });
    },
    async merge(upper, lower, deeper) {
      call('merge', [upper, lower, ...(deeper ?? ['unknown'])].join(' '));
      moveInto(upper, lower);
    },
    unpackTree: unused,
    surveyTree: unused,
    copyTree: unused,
    removeTree: unused,
    changes: unused,
    has: async (state, path) => placeIn(state, path) !== undefined,
    readFile: unused,
    async copyPaths(state, paths, { tree }, { signal }) {
      mkdirSync(tree);
      for (const path of paths) copyTo(placeIn(state, path), join(tree, path));
      dieAt('copyPaths');
      signal.throwIfAborted();
    },
    async revert(machine, path, from, work) {
      begin('revert', machine, work);
      const place = join(writableFolder(machine), path);
      rmSync(place, { recursive: true, force: true });
      dieAt('revert');
      copyTo(placeIn(from, path), place);
    },
    async pack(request, work) {
      call('pack', String(request.states.length));
      pack(request, work);
      dieAt('pack');
    },
    openArchive: async (input, work) => openArchive(input, work),
    async adopt(machine, states) {
      call('adopt', machine.spec.name);
      const stacks = adopt(machine, states, writableFolder(machine));
      writeHostname(machine);
      dieAt('adopt');
      return stacks;
    },
    sharesOf: async (paths) => ({
      ownBytes: paths.reduce((sum, path) => sum + bytesOf(path), 0),
      sharedBytes: 0,
    }),
    bytesOf: async (path) => bytesOf(path),
    bytesOfEach: async (paths) => paths.map((path) => (existsSync(path) ? bytesOf(path) : undefined)),
  };
}

function placeIn({ driver, layers, tree }: FileState, path: string): string | undefined {
  return [tree, ...(driver === 'overlay' ? layers : [])]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, path))
    .find((place) => existsSync(place));
}

function copyTo(from: string | undefined, to: string): void {
  if (from !== undefined) cpSync(from, to, { recursive: true });
}

function requireDiskLimit(driver: string): void {
  if (driver !== 'btrfs') throw new BackendError('unsupported', `${driver} cannot limit`);
}

function presentState(machine: MachineHandle): FileState {
  const tree = writableFolder(machine);
  return { ...machine.spec.storage, tree: existsSync(tree) ? tree : undefined };
}

function prepare(machine: MachineHandle): void {
  const folder = writableFolder(machine);
  mkdirSync(folder, { recursive: true });
  if (machine.spec.storage.driver !== 'overlay') {
    for (const layer of machine.spec.storage.layers.toReversed()) cpSync(layer, folder, { recursive: true });
  }
  writeHostname(machine);
}

function writeHostname({ spec, directory }: MachineHandle): void {
  mkdirSync(join(directory, 'storage'), { recursive: true });
  writeFileSync(join(directory, 'storage', 'hostname'), spec.hostname);
}

function stay(machine: MachineHandle, kept: FileState): KeptState {
  return { kept, machineLayers: machine.spec.storage.layers, frozenMs: undefined };
}

function keepStopped(
  machine: MachineHandle,
  { layer, tree }: { readonly layer: string; readonly tree: string },
): KeptState {
  const { driver, layers } = machine.spec.storage;
  if (driver !== 'overlay') return keepLive(machine, { layer, tree });
  const upper = writableFolder(machine);
  if (!existsSync(layer) && isEmpty(upper)) return stay(machine, { driver, layers, tree: undefined });
  if (!existsSync(layer)) {
    mkdirSync(dirname(layer), { recursive: true });
    renameSync(upper, layer);
  }
  const stack = [layer, ...layers];
  return { kept: { driver, layers: stack, tree: undefined }, machineLayers: stack, frozenMs: undefined };
}

function keepLive(
  machine: MachineHandle,
  { layer, tree }: { readonly layer: string; readonly tree: string },
): KeptState {
  const { driver, layers } = machine.spec.storage;
  const [target, kept] =
    driver === 'overlay'
      ? [layer, { driver, layers: [layer, ...layers], tree: undefined }]
      : [tree, { driver, layers, tree }];
  copyWhole(writableFolder(machine), target);
  return stay(machine, kept);
}

/** dir, btrfs: the present tree goes to `kept`, a copy of `from` comes. */
function swap(machine: MachineHandle, from: FileState, kept: string): KeptState {
  const present = writableFolder(machine);
  const coming = `${present}.new`;
  if (!existsSync(kept) || !existsSync(present)) {
    rmSync(coming, { recursive: true, force: true });
    cpSync(from.tree ?? '', coming, { recursive: true });
    if (!existsSync(kept)) renameSync(present, kept);
    dieAt('replace');
    renameSync(coming, present);
  }
  return stay(machine, { ...machine.spec.storage, tree: kept });
}

/** The present state as something that a clone may lie on. */
function shareable(source: MachineHandle, layer: string, live: boolean): KeptState {
  const place = { layer, tree: writableFolder(source) };
  if (source.spec.storage.driver !== 'overlay') return stay(source, presentState(source));
  return live ? keepLive(source, place) : keepStopped(source, place);
}

function copyWhole(from: string, to: string): void {
  if (existsSync(to)) return;
  rmSync(`${to}.part`, { recursive: true, force: true });
  cpSync(from, `${to}.part`, { recursive: true });
  dieAt('copy');
  renameSync(`${to}.part`, to);
}

function moveInto(upper: string, lower: string): void {
  for (const entry of readdirSync(upper, { withFileTypes: true })) {
    const [from, to] = [join(upper, entry.name), join(lower, entry.name)];
    if (entry.isDirectory() && existsSync(to)) moveInto(from, to);
    else renameSync(from, to);
    dieAt('merge');
  }
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

function bytesOf(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

function dieAt(verb: string): void {
  if (process.env['FAKE_STORAGE_CRASH_AT'] === verb) process.kill(process.pid, 'SIGKILL');
}
