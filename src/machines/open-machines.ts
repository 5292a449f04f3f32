/** Wires the domain: the verbs of lifecycle/ behind the face of machines.ts. No file is touched before a verb is called. */

import type { Backend } from '../backends/backend.ts';
import type { Template } from '../templates/template.ts';
import { printSettings } from './config-keys.ts';
import type { Domain } from './domain.ts';
import type { MachineEvent } from './events.ts';
import { guard, guardEach, guardNow, guardWork } from './guards.ts';
import { imageKeys } from './images/image-file.ts';
import { openJournal } from './journal.ts';
import { followJournal } from './journal-follow.ts';
import { freeze, unfreeze } from './lifecycle/freeze.ts';
import { handleExit } from './lifecycle/handle-exit.ts';
import { kill } from './lifecycle/kill.ts';
import { info, inspect, list } from './lifecycle/list.ts';
import { restart } from './lifecycle/restart.ts';
import { start } from './lifecycle/start.ts';
import { stop } from './lifecycle/stop.ts';
import { waitForState } from './lifecycle/wait-for-state.ts';
import { differingSettings } from './live-limits.ts';
import type { Machines } from './machines.ts';
import { checkMachineName, isMachineName } from './names.ts';
import { quietWork } from './quiet-work.ts';
import { snapshots } from './snapshots/list.ts';
import type { LockFiles } from './store/lock.ts';
import { type Paths, pathsOf } from './store/paths.ts';
import { loadMachine, machineExists, readConfigText, readNames } from './store/store.ts';
import { rangeOwners } from './trash/entries.ts';
import { trash } from './trash/list.ts';

export interface MachinesOptions {
  readonly backend: Backend;
  readonly root: string;
  readonly runRoot: string;
  readonly templates: readonly Template[];
  /** Takes flocks: Node cannot. */
  readonly lock: LockFiles;
  /** How long a command waits for another one on the same machine; 5 s if not given. */
  readonly lockWaitMs?: number;
}

export function openMachines(options: MachinesOptions): Machines {
  const paths = pathsOf(options.root, options.runRoot);
  const domain: Domain = {
    backend: options.backend,
    paths,
    templates: options.templates,
    journal: openJournal(paths.events),
    lock: options.lock,
    lockWaitMs: options.lockWaitMs ?? 5000,
  };
  return {
    ...changes(domain),
    ...access(domain),
    ...questions(domain),
    ...history(domain),
    ...storage(domain),
    ...images(domain),
  };
}

type Part<K extends keyof Machines> = Pick<Machines, K>;

type Changes =
  | 'create'
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill'
  | 'freeze'
  | 'unfreeze'
  | 'changeSettings'
  | 'replaceConfig'
  | 'rename'
  | 'destroy'
  | 'waitForState'
  | 'handleExit'
  | 'handleEvent'
  | 'terminate';

/** What start does not need is loaded when it is called: a start has a few milliseconds for everything. */
function changes(domain: Domain): Part<Changes> {
  return {
    create: (request) =>
      guardWork(request.name, request, async () =>
        (await import('./lifecycle/create.ts')).create(domain, request),
      ),
    start: (name, { ifNeeded }) => guard(name, () => start(domain, name, ifNeeded)),
    stop: (name, { timeoutSeconds }) => guard(name, () => stop(domain, name, timeoutSeconds)),
    restart: (name, { timeoutSeconds }) => guard(name, () => restart(domain, name, timeoutSeconds)),
    kill: (name, signal) => guard(name, () => kill(domain, name, signal)),
    freeze: (name) => guard(name, () => freeze(domain, name)),
    unfreeze: (name) => guard(name, () => unfreeze(domain, name)),
    changeSettings: (name, settings) =>
      guard(name, async () =>
        (await import('./lifecycle/settings.ts')).changeSettings(domain, name, settings),
      ),
    replaceConfig: (name, json) =>
      guard(name, async () => (await import('./lifecycle/settings.ts')).replaceConfig(domain, name, json)),
    rename: (name, newName) =>
      guard(name, async () => (await import('./lifecycle/rename.ts')).rename(domain, name, newName)),
    destroy: (name, options, work = quietWork) =>
      guard(name, async () => (await import('./lifecycle/destroy.ts')).destroy(domain, name, options, work)),
    waitForState: (name, states, timeoutSeconds) =>
      guard(name, () => waitForState(domain, name, states, timeoutSeconds)),
    handleExit: (name, { final }) => guard(name, async () => handleExit(domain, name, final)),
    handleEvent: (name, signalled) =>
      guard(name, async () =>
        (await import('./limits/handle-event.ts')).handleEvent(domain, name, signalled),
      ),
    terminate: (name) =>
      guard(name, async () => (await import('./lifecycle/terminate.ts')).terminate(domain, name)),
  };
}

function access(domain: Domain): Part<'exec' | 'attachConsole' | 'readConsoleLog' | 'followConsoleLog'> {
  const { backend } = domain;
  const handle = (name: string) => loadMachine(domain.paths, name).handle;
  return {
    exec: (name, request) => guard(name, () => backend.exec(handle(name), request)),
    attachConsole: (name, options) => guard(name, () => backend.attachConsole(handle(name), options)),
    readConsoleLog: (name) => guard(name, () => backend.readConsoleLog(handle(name))),
    followConsoleLog: (name, signal) => guardEach(name, () => backend.followConsoleLog(handle(name), signal)),
  };
}

function storedText({ paths }: Domain, name: string): string {
  checkMachineName(name);
  return readConfigText(paths.machine(name), name, paths);
}

type Questions =
  | 'plan'
  | 'names'
  | 'list'
  | 'info'
  | 'inspect'
  | 'usage'
  | 'openSampler'
  | 'readConfig'
  | 'configText'
  | 'settings'
  | 'differingSettings'
  | 'templates'
  | 'examineHost';

function questions(domain: Domain): Part<Questions> {
  const { backend, paths } = domain;
  return {
    plan: (name) => guardNow(name, () => backend.plan(loadMachine(paths, name).handle)),
    names: () => guardNow(undefined, () => readNames(paths)),
    list: () => guardNow(undefined, () => list(domain)),
    info: (name) => guardNow(name, () => info(domain, name)),
    inspect: (name) => guard(name, () => inspect(domain, name)),
    usage: (name) => guardNow(name, () => backend.usage(loadMachine(paths, name).handle)),
    openSampler: (scope, { rates }) =>
      guard(undefined, () =>
        backend.openSampler({ scope, rates, runDirectoryOf: (name) => runDirectoryOf(paths, name) }),
      ),
    readConfig: (name) => guardNow(name, () => loadMachine(paths, name).config),
    configText: (name) => guardNow(name, () => storedText(domain, name)),
    settings: (name) => guardNow(name, () => printSettings(loadMachine(paths, name).config)),
    differingSettings: (name) => guardNow(name, () => differingSettings(domain, loadMachine(paths, name))),
    templates: () => domain.templates,
    examineHost: () =>
      guard(undefined, async () => [
        // What lies in the trash keeps its id range: it is known, and no leftover.
        ...(await backend.examineHost([...readNames(paths), ...rangeOwners(paths.trash)])),
        ...(await (await import('./examination/examine-store.ts')).examineStore(domain)),
      ]),
  };
}

/** A machine whose config cannot be read runs all the same. */
function runDirectoryOf(paths: Paths, name: string): string | undefined {
  return isMachineName(name) && machineExists(paths, name) ? paths.runDirectory(name) : undefined;
}

function history(domain: Domain): Part<'events' | 'followEvents'> {
  return {
    events: (filter) =>
      guardEach(filter.name, async function* () {
        const since = filter.since?.getTime() ?? Number.NEGATIVE_INFINITY;
        for (const event of domain.journal.read()) {
          if (isAbout(event, filter.name) && Date.parse(event.time) >= since) {
            yield event;
          }
        }
      }),
    followEvents: (filter, signal) => {
      const all = guardNow(filter.name, () => followJournal(domain.paths.events, signal));
      return guardEach(filter.name, async function* () {
        for await (const event of all) {
          if (isAbout(event, filter.name)) {
            yield event;
          }
        }
      });
    },
  };
}

type Storage =
  | 'snapshot'
  | 'snapshots'
  | 'snapshotBytes'
  | 'restore'
  | 'removeSnapshots'
  | 'takeDueSnapshots'
  | 'clone'
  | 'exportMachine'
  | 'importMachine'
  | 'trash'
  | 'restoreFromTrash'
  | 'emptyTrash'
  | 'undo'
  | 'diff'
  | 'diffFile'
  | 'revert'
  | 'diskUsage'
  | 'layerSizes';

function storage(domain: Domain): Part<Storage> {
  return {
    snapshot: (name, request) =>
      guardWork(name, request, async () =>
        (await import('./snapshots/take.ts')).snapshot(domain, name, request),
      ),
    snapshots: (name) => guardNow(name, () => snapshots(domain, name)),
    snapshotBytes: (name) =>
      guard(name, async () => (await import('./snapshots/sizes.ts')).snapshotBytes(domain, name)),
    restore: (name, snapshot, work) =>
      guardWork(name, work, async () =>
        (await import('./snapshots/restore.ts')).restore(domain, name, snapshot, work),
      ),
    removeSnapshots: (name, names, { now }, work = quietWork) =>
      guard(name, async () =>
        (await import('./snapshots/remove.ts')).removeSnapshots(domain, name, names, now, work),
      ),
    takeDueSnapshots: (work) =>
      guardWork(undefined, work, async () =>
        (await import('./snapshots/due.ts')).takeDueSnapshots(domain, work),
      ),
    clone: (source, newName, request) =>
      guardWork(source, request, async () =>
        (await import('./lifecycle/clone.ts')).clone(domain, source, newName, request),
      ),
    exportMachine: (source, request) =>
      guardWork(source, request, async () =>
        (await import('./transfer/export.ts')).exportMachine(domain, source, request),
      ),
    importMachine: (request) =>
      guardWork(request.name, request, async () =>
        (await import('./transfer/import.ts')).importMachine(domain, request),
      ),
    trash: () => guardNow(undefined, () => trash(domain)),
    restoreFromTrash: (entry, { as }, work = quietWork) =>
      guardWork(entry, work, async () =>
        (await import('./trash/bring-back.ts')).restoreFromTrash(domain, entry, as, work),
      ),
    emptyTrash: (chosen, work = quietWork) =>
      guard(undefined, async () => (await import('./trash/empty.ts')).emptyTrash(domain, chosen, work)),
    undo: (work) =>
      guardWork(undefined, work, async () => (await import('./trash/undo.ts')).undo(domain, work)),
    diff: (from, to, below) =>
      guardEach(from, async function* () {
        yield* (await import('./files/diff.ts')).diff(domain, from, to, below);
      }),
    diffFile: (from, to, path) =>
      guard(from, async () => (await import('./files/diff.ts')).diffFile(domain, from, to, path)),
    revert: (name, paths, from, work) =>
      guardWork(name, work, async () =>
        (await import('./files/revert.ts')).revert(domain, name, paths, from, work),
      ),
    diskUsage: (name) =>
      guard(name, async () => (await import('./layers/disk-usage.ts')).diskUsage(domain, name)),
    layerSizes: (name) =>
      guard(name, async () => (await import('./layers/layer-sizes.ts')).layerSizes(domain, name)),
  };
}

type Images = 'images' | 'imageKeys' | 'pullImage' | 'removeImages' | 'pruneImages';

function images(domain: Domain): Part<Images> {
  return {
    images: () => guard(undefined, async () => (await import('./images/list.ts')).images(domain)),
    imageKeys: () => guardNow(undefined, () => imageKeys(domain.paths)),
    pullImage: (request) =>
      guardWork(request.template, request, async () =>
        (await import('./images/pull.ts')).pullImage(domain, request),
      ),
    removeImages: (keys, work = quietWork) =>
      guard(undefined, async () => (await import('./images/remove.ts')).removeImages(domain, keys, work)),
    pruneImages: ({ dryRun }, work = quietWork) =>
      guard(undefined, async () => (await import('./images/remove.ts')).pruneImages(domain, dryRun, work)),
  };
}

function isAbout(event: MachineEvent, name: string | undefined): boolean {
  return name === undefined || event.name === name || event.details['from'] === name;
}
