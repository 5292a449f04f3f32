/**
 * A manager of machines that runs nothing: machines are folders (fake-images.ts) and entries of a map. It is a fake: it shows how the domain
 * uses a manager, never that one works.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  BackendError,
  type ExecResult,
  type ExitRecord,
  type MachineStatus,
} from '../../src/backends/backend.ts';
import type { CgroupLimits } from '../../src/backends/limits.ts';
import type { ManagerEvent, TimedManagerEvent } from '../../src/backends/manager/events.ts';
import type { Manager } from '../../src/backends/manager/machine-manager.ts';
import type { ListedMachine, ManagedMachine } from '../../src/backends/manager/views.ts';
import { changeText, readValues } from '../../src/backends/nspawn/settings/change-text.ts';
import { createFakeImages, type FakePlaces, fakePlaces } from './fake-images.ts';
import { createFakeTrees } from './fake-trees.ts';
import { noInspection } from './no-inspection.ts';
import { wakeOrTimeout } from './wake-or-timeout.ts';

export interface FakeManager extends Manager {
  readonly places: FakePlaces;
  /** Every call that changes something, as `verb name`. */
  readonly calls: string[];
  /** Makes the next call of the verb throw. */
  failNext(verb: string, error: unknown): void;
  /** Somebody else makes an image, of files by path. */
  putImage(name: string, files?: Readonly<Record<string, string>>): void;
  /** Puts a machine into a state from outside. */
  put(name: string, status: MachineStatus): void;
  /** What commands in machines come to; else they do nothing, and well. */
  answerCommands(answer: CommandAnswer): void;
  /** Its init does not listen when it is asked to halt. */
  beDeaf(name: string): void;
  /** A machine ends by itself. */
  end(name: string, exit?: Partial<ExitRecord>): void;
  /** Something happens that who follows is told of. */
  tell(event: ManagerEvent): void;
}

/** `where`: before init, or in the machine that runs. Undefined: exit code 0. */
export type CommandAnswer = (command: {
  readonly name: string;
  readonly where: 'before' | 'inside';
  readonly argv: readonly string[];
}) => ExecResult | undefined | Promise<ExecResult | undefined>;

export interface FakeManagerOptions {
  readonly kind?: 'directory' | 'subvolume';
}

/** Its files lie below `root`/managed. */
export function createFakeManager(
  root: string,
  { kind = 'directory' }: FakeManagerOptions = {},
): FakeManager {
  const places = fakePlaces(root);
  const calls: string[] = [];
  const failures = new Map<string, unknown>();
  const statuses = new Map<string, MachineStatus>();
  const exits = new Map<string, ExitRecord>();
  const limits = new Map<string, CgroupLimits>();
  const enabled = new Set<string>();
  const followers = new Set<(event: TimedManagerEvent) => void>();
  const told: TimedManagerEvent[] = [];
  const ends = new Set<() => void>();
  const deaf = new Set<string>();
  let commands: CommandAnswer = () => undefined;

  const call = (verb: string, name: string) => {
    calls.push(`${verb} ${name}`);
    const error = failures.get(verb);
    failures.delete(verb);
    if (error !== undefined) throw error;
  };
  const command = async (name: string, where: 'before' | 'inside', argv: readonly string[]) =>
    (await commands({ name, where, argv })) ?? {
      exitCode: 0,
      stdout: Buffer.alloc(0),
      stderr: Buffer.alloc(0),
    };
  const statusOf = (name: string): MachineStatus =>
    statuses.get(name) ?? { state: 'stopped', lastExit: exits.get(name) };
  const runs = (name: string) => statusOf(name).state !== 'stopped';
  const live = (name: string) => {
    const status = statusOf(name);
    if (!('pid' in status)) throw new BackendError('not-running', `${name} is not running`);
    return status;
  };
  const tell = (event: ManagerEvent) => {
    const timed = { ...event, at: Date.now() };
    told.push(timed);
    for (const follower of followers) follower(timed);
  };
  const end = (name: string, exit: Partial<ExitRecord> = {}) => {
    statuses.delete(name);
    exits.set(name, { reason: 'exited', code: 0, signal: 0, endedAt: Date.now(), ...exit });
    tell({ type: 'stopped', name, exit: exits.get(name) });
    for (const wake of ends) wake();
  };
  const awaitEnd = async (name: string, timeoutMs: number): Promise<boolean> => {
    const deadline = Date.now() + timeoutMs;
    while (runs(name)) {
      if (Date.now() >= deadline) return false;
      await wakeOrTimeout(ends, deadline - Date.now());
    }
    return true;
  };
  const images = createFakeImages(places, { call, runs, kind });
  const all = async (): Promise<readonly ListedMachine[]> => {
    const every = await images.all();
    const found = every.filter(({ name }) => !name.startsWith('.') && !name.includes('@'));
    const elsewhere = [...statuses.keys()].filter((name) => !found.some((image) => image.name === name));
    return [...found.map(({ name }) => name), ...elsewhere].sort().map((name) => ({
      name,
      image: found.find((image) => image.name === name) ?? null,
      status: statusOf(name),
      unit: `systemd-nspawn@${name}.service`,
      service: runs(name) ? 'systemd-nspawn' : null,
      rootDirectory: found.find((image) => image.name === name)?.path ?? null,
      keptStates: every
        .filter((image) => image.name.startsWith(`${name}@`))
        .map((image) => image.name.slice(name.length + 1)),
    }));
  };
  const running = (machines: readonly ManagedMachine[]) => machines.filter(({ status }) => 'pid' in status);
  const find = async (name: string) => (await all()).find((machine) => machine.name === name);
  const printedBy = async (name: string) => {
    if ((await find(name)) !== undefined) return Buffer.from('console');
    throw new BackendError('no-such-machine', `there is no machine "${name}"`);
  };
  const unused = () => {
    throw new Error('the fake manager has no such thing');
  };
  const settingsOf = (name: string) =>
    existsSync(places.settings(name)) ? readFileSync(places.settings(name), 'utf8') : undefined;

  return {
    name: 'nspawn',
    places,
    calls,
    failNext: (verb, error) => failures.set(verb, error),
    putImage(name, files = {}) {
      mkdirSync(places.image(name), { recursive: true });
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(places.image(name), path)), { recursive: true });
        writeFileSync(join(places.image(name), path), text);
      }
    },
    put: (name, status) => statuses.set(name, status),
    answerCommands: (answer) => {
      commands = answer;
    },
    beDeaf: (name) => deaf.add(name),
    end,
    tell,

    views: {
      names: async () => (await all()).map(({ name }) => name),
      all,
      find,
      keptStates: async (name) => (await all()).find((machine) => machine.name === name)?.keptStates ?? [],
      facts: async () => ({
        addresses: ['192.0.2.7'],
        osRelease: { ID: 'fake', PRETTY_NAME: 'Fake Linux 1' },
      }),
      addressesOfAll: async (machines) => new Map(running(machines).map(({ name }) => [name, ['192.0.2.7']])),
      machineId: async (name) => {
        const file = join(places.image(name), 'etc/machine-id');
        return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
      },
      startCommand: async (name) => ['systemd-nspawn', `--machine=${name}`],
      usage: async () => ({ memoryBytes: 1024, cpuUsec: 2000, tasks: 3 }),
      usageOfAll: async (machines) =>
        new Map(running(machines).map(({ name }) => [name, { memoryBytes: 1024, cpuUsec: 2000, tasks: 3 }])),
      lastExit: async (name) => exits.get(name),
      inspect: async () => noInspection,
      remaining: async () => ({ total: 0, processes: [] }),
      openSampler: unused,
    },
    life: {
      async start(name) {
        call('start', name);
        if (runs(name)) throw new BackendError('already-running', `${name} is running`);
        statuses.set(name, { state: 'running', pid: 4242, monitorPid: 4241, startedAt: Date.now() });
        tell({ type: 'started', name, pid: 4242 });
      },
      async signal(name, signal) {
        call('signal', `${name} ${signal}`);
        live(name);
        if (signal === 'halt' && !deaf.has(name)) end(name, { reason: 'halt' });
        return signal === 'halt' ? 'SIGRTMIN+4' : signal;
      },
      async kill(name) {
        call('kill', name);
        live(name);
        end(name, { reason: 'signaled', signal: 9 });
      },
      awaitEnd,
      watchEnd: async (name) => ({
        ended: (timeoutMs) => awaitEnd(name, timeoutMs),
        close: () => {},
      }),
      awaitReady: async (name) => (runs(name) ? 'ready' : 'ended'),
      async freeze(name) {
        call('freeze', name);
        statuses.set(name, { ...live(name), state: 'frozen' });
        tell({ type: 'frozen', name });
      },
      async unfreeze(name) {
        call('unfreeze', name);
        statuses.set(name, { ...live(name), state: 'running' });
        tell({ type: 'unfrozen', name });
      },
      isEnabled: async (name) => enabled.has(name),
      async setEnabled(name, on) {
        call('setEnabled', `${name} ${on}`);
        if (on) enabled.add(name);
        else enabled.delete(name);
      },
    },
    images,
    trees: createFakeTrees(call),
    settings: {
      read: async (name) => settingsOf(name),
      readAll: async (names) =>
        new Map(
          names.flatMap((name) => {
            const text = settingsOf(name);
            return text === undefined ? [] : [[name, text]];
          }),
        ),
      values: readValues,
      changed: changeText,
      faults: () => [],
      async write(name, text) {
        call('writeSettings', name);
        if (text === undefined) rmSync(places.settings(name), { force: true });
        else writeFileSync(places.settings(name), text);
      },
      storedLimits: async (name) => limits.get(name) ?? {},
      ownLimits: async (name) => limits.get(name) ?? {},
      limitsInForce: async (name) =>
        runs(name) ? { limits: limits.get(name) ?? {}, different: [] } : undefined,
      async changeLimits(name, wanted, names) {
        call('changeLimits', `${name} ${names.join(' ')}`);
        limits.set(name, wanted);
      },
      async forgetLimits(name) {
        call('forgetLimits', name);
        limits.delete(name);
      },
    },
    access: {
      exec: async (name, { argv = ['sh'] }) => {
        live(name);
        return command(name, 'inside', argv);
      },
      withoutInit: async (name, work) => {
        call('withoutInit', name);
        if (runs(name)) throw new BackendError('launch-failed', `${name} is busy`);
        return work((argv) => command(name, 'before', argv));
      },
      attachConsole: unused,
      readConsoleLog: printedBy,
      followConsoleLog: async function* (name) {
        yield await printedBy(name);
      },
      push: unused,
      pull: unused,
      bind: unused,
      unbind: unused,
      usersOf: async () => [],
    },
    events: {
      async *follow(signal) {
        const waiting: TimedManagerEvent[] = [{ type: 'following', at: Date.now() }];
        const wakers = new Set<() => void>();
        const follower = (event: TimedManagerEvent) => {
          waiting.push(event);
          for (const wake of wakers) wake();
        };
        followers.add(follower);
        try {
          while (!signal.aborted) {
            yield* waiting.splice(0);
            if (waiting.length === 0) await wakeOrAbort(wakers, signal);
          }
        } finally {
          followers.delete(follower);
        }
      },
      async *past({ name, since }) {
        yield* told.filter(
          (event) =>
            (name === undefined || ('name' in event && event.name === name)) &&
            (since === undefined || event.at >= since.getTime()),
        );
      },
    },
    examineHost: async () => [],
    close: () => {},
  };
}

async function wakeOrAbort(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  let wake = () => {};
  await new Promise<void>((resolve) => {
    wake = resolve;
    waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
  });
  waiting.delete(wake);
  signal.removeEventListener('abort', wake);
}
