/**
 * A backend that runs nothing: machines are entries of a map, id ranges are files, so that what survives a crash can be
 * looked at. It is a fake: it shows how the domain uses a backend, never that a backend works.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type Backend,
  BackendError,
  type DecideAfterExit,
  type ExitRecord,
  type MachineHandle,
  type MachineStatus,
} from '../../src/backends/backend.ts';
import type { LimitNews } from '../../src/backends/limit-news.ts';
import type { CgroupLimits, LimitName } from '../../src/backends/limits.ts';
import type { Remaining } from '../../src/backends/remaining.ts';
import { createFakeFiles, type FakeFiles } from './fake-files.ts';
import { createFakeRanges } from './fake-ranges.ts';
import { createFakeStorage } from './fake-storage.ts';
import { noInspection } from './no-inspection.ts';
import { wakeOrTimeout } from './wake-or-timeout.ts';

export interface FakeBackend extends Backend {
  /** Every call that changes something, as `verb name`. */
  readonly calls: readonly string[];
  /** How init takes a halt: it ends, ignores it, or reboots. */
  haltBehaviour: 'ends' | 'ignores' | 'reboots';
  /** How a boot goes that is waited for. */
  readiness: 'ready' | 'timeout';
  /** Makes the next call of the verb throw. */
  failNext(verb: string, error: unknown): void;
  /** Puts a machine into a state from outside. */
  put(name: string, status: MachineStatus): void;
  /** A run after a reboot begins: who waits for the end is told. */
  beginAgain(name: string): Promise<void>;
  /** Somebody else writes limits. */
  writeBehind(name: string, limits: CgroupLimits): void;
  /** Who is still there when it is looked. */
  putRemaining(name: string, remaining: Remaining): void;
  /** Limits did something to the machine, of which nobody was told yet. */
  putNews(name: string, ...news: readonly LimitNews[]): void;
  /** The machine ends by itself, as if its monitor had seen it. */
  end(name: string, exit: Partial<ExitRecord>): void;
  /** What went in and out, and what is mounted. */
  readonly files: FakeFiles;
  /** Called when a machine ends that nobody watches and decides about, as a monitor runs on-exit. */
  onExit: (name: string) => Promise<unknown>;
}

export function createFakeBackend(root: string): FakeBackend {
  const statuses = new Map<string, MachineStatus>();
  const exits = new Map<string, ExitRecord>();
  const inForce = new Map<string, CgroupLimits>();
  const failures = new Map<string, unknown>();
  const calls: string[] = [];
  const news = new Map<string, readonly LimitNews[]>();
  const oomTimes = new Map<string, number>();
  const left = new Map<string, Remaining>();
  const deciders = new Map<string, DecideAfterExit>();
  const endings = new Set<Promise<unknown>>();
  const waiting = new Set<() => void>();
  const told = new Map<string, () => Promise<unknown>>();

  const call = (verb: string, name: string) => {
    calls.push(`${verb} ${name}`);
    const error = failures.get(verb);
    failures.delete(verb);
    if (error !== undefined) {
      throw error;
    }
  };
  const statusOf = (name: string): MachineStatus =>
    statuses.get(name) ?? { state: 'stopped', lastExit: exits.get(name) };
  const end = (name: string, exit: Partial<ExitRecord>) => {
    const decide = deciders.get(name);
    const run = statuses.get(name);
    if (run !== undefined && 'pid' in run) statuses.set(name, { ...run, state: 'stopping' });
    exits.set(name, { reason: 'exited', code: 0, signal: 0, endedAt: Date.now(), ...exit });
    const decided = decide === undefined ? fake.onExit(name) : Promise.resolve(decide(exits.get(name)));
    endings.add(
      decided.then(() => {
        statuses.delete(name);
        for (const wake of waiting) wake();
      }),
    );
  };
  const live = (handle: MachineHandle) => {
    const status = statusOf(handle.spec.name);
    if (!('pid' in status)) {
      throw new BackendError('not-running', `${handle.spec.name} is not running`);
    }
    return status;
  };
  const unused = () => {
    throw new Error('the fake backend has no such thing');
  };

  const fake: FakeBackend = {
    name: 'native',
    calls,
    haltBehaviour: 'ends',
    readiness: 'ready',
    failNext: (verb, error) => failures.set(verb, error),
    put: (name, status) => statuses.set(name, status),
    async beginAgain(name) {
      statuses.set(name, { state: 'running', pid: 4343, monitorPid: 4241, startedAt: Date.now() });
      await told.get(name)?.();
      for (const wake of waiting) wake();
    },
    writeBehind: (name, limits) => inForce.set(name, limits),
    putRemaining: (name, remaining) => left.set(name, remaining),
    putNews: (name, ...untold) => news.set(name, untold),
    end,
    onExit: async () => {},

    ...createFakeRanges(join(root, 'ids'), call),
    files: createFakeFiles(call),
    storage: createFakeStorage(call, (name) => statusOf(name).state !== 'stopped'),

    changeLimits({ spec }, limits, names) {
      call('changeLimits', `${spec.name} ${names.join(' ')}`);
      inForce.set(spec.name, limits);
    },
    takeLimitNews: async ({ spec }, _signalled, tell) => {
      const status = statuses.get(spec.name);
      const run = status !== undefined && 'startedAt' in status ? status.startedAt : 0;
      const untold = news.get(spec.name) ?? [];
      news.delete(spec.name);
      if (untold.length > 0) tell(untold);
      const killed = untold.some((one) => one.type === 'oom-killed' && one.cause !== 'inside');
      if (killed) oomTimes.set(spec.name, Date.now());
      return { run, oomAt: oomTimes.get(spec.name) };
    },
    limitsInForce({ spec }) {
      const limits = inForce.get(spec.name) ?? spec.limits;
      const names = [...Object.keys(limits), ...Object.keys(spec.limits)] as LimitName[];
      const different = names.filter((name) => !isDeepStrictEqual(limits[name], spec.limits[name]));
      return statusOf(spec.name).state === 'stopped' ? undefined : { limits, different };
    },

    plan: async ({ spec }) => [
      { section: 'machine', index: 0, operation: 'fake', arguments: [spec.name], explanation: 'nothing' },
    ],
    renewPlan: async ({ spec }) => call('renewPlan', spec.name),
    async start({ spec }) {
      call('start', spec.name);
      const run = { state: 'running', pid: 4242, monitorPid: 4241, startedAt: Date.now() } as const;
      statuses.set(spec.name, run);
      return run;
    },
    status: ({ spec }) => statusOf(spec.name),
    lastExit: ({ spec }) => exits.get(spec.name),
    usage: () => ({ memoryBytes: 1024, cpuUsec: 2000, tasks: 3 }),
    openSampler: unused,
    async signal(handle, signal) {
      call('signal', `${handle.spec.name} ${signal}`);
      live(handle);
      if (signal === 'halt' && fake.haltBehaviour !== 'ignores') {
        end(handle.spec.name, { reason: fake.haltBehaviour === 'ends' ? 'halt' : 'reboot' });
      }
    },
    async kill(handle) {
      call('kill', handle.spec.name);
      live(handle);
      end(handle.spec.name, { reason: 'signaled', signal: 9 });
    },
    async watchEnd(handle, decide) {
      const { spec } = handle;
      if (decide !== undefined) deciders.set(spec.name, decide);
      return {
        ended: async (timeoutMs, again) => {
          if (again !== undefined) told.set(spec.name, again);
          const deadline = Date.now() + timeoutMs;
          while (statusOf(spec.name).state !== 'stopped') {
            if (Date.now() >= deadline) {
              return undefined;
            }
            await wakeOrTimeout(waiting, deadline - Date.now());
          }
          return exits.get(spec.name);
        },
        signal: async (signal) => {
          await fake.signal(handle, signal);
          return signal === 'halt' ? 'SIGPWR' : signal;
        },
        close: () => deciders.delete(spec.name),
      };
    },
    awaitReady: async ({ spec }) => {
      call('awaitReady', spec.name);
      return statusOf(spec.name).state === 'stopped' ? 'ended' : fake.readiness;
    },
    remaining: ({ spec }) => left.get(spec.name) ?? { total: 0, processes: [] },
    async collect({ spec }) {
      call('collect', spec.name);
      statuses.delete(spec.name);
      exits.set(spec.name, { reason: 'monitor-lost', code: 0, signal: 0, endedAt: Date.now() });
    },
    async freeze(handle) {
      call('freeze', handle.spec.name);
      statuses.set(handle.spec.name, { ...live(handle), state: 'frozen' });
    },
    async unfreeze(handle) {
      call('unfreeze', handle.spec.name);
      statuses.set(handle.spec.name, { ...live(handle), state: 'running' });
    },

    exec: async (handle) => {
      live(handle);
      return { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    },
    attachConsole: unused,
    readConsoleLog: async () => Buffer.from('console'),
    followConsoleLog: async function* () {
      yield Buffer.from('console');
    },
    inspect: async () => noInspection,
    examineHost: async (known) => [{ subject: 'known', verdict: 'ok', detail: known.join(' ') }],
  };
  return fake;
}
