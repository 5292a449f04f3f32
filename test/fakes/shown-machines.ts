/** Machines that never change, of every state: what the dashboard draws of them is the same each time. */
import { setTimeout as rest } from 'node:timers/promises';
import type { GroupSample } from '../../src/backends/usage.ts';
import { MachineError } from '../../src/machines/errors.ts';
import type { MachineEvent } from '../../src/machines/events/events.ts';
import type { MachineDetails, MachineState, MachineSummary, Machines } from '../../src/machines/machines.ts';
import { snapshot, stubMachines, summary } from '../commands/stub-machines.ts';
import { group, sample } from '../commands/usage-sample.ts';
import { busyProcesses } from './busy-processes.ts';
import { exampleConfig } from './machine-config.ts';

/** The clock of all of them. */
export const shownAt = Date.parse('2026-01-31T12:34:56.000Z');
const MIB = 1024 ** 2;

const states: Readonly<Record<string, MachineState>> = {
  web: 'running',
  'database-of-the-accounting-department': 'running',
  build: 'frozen',
  mail: 'starting',
  old: 'stopping',
  broken: 'error',
  spare: 'stopped',
};

function shown(name: string, state: MachineState, index: number): MachineSummary {
  const runs = state !== 'stopped' && state !== 'error';
  return summary(name, {
    state,
    pid: runs ? 4711 + index : null,
    addresses: runs ? [`10.0.3.${index + 2}`] : [],
    memoryBytes: runs ? 120 * MIB : null,
    cpuUsec: runs ? 1_500_000 : null,
    tasks: runs ? 12 : null,
    snapshots: index % 3,
    createdAt: '2026-01-31T12:00:00.000Z',
    startedAt: runs ? '2026-01-31T12:30:00.000Z' : null,
  });
}

export const shownList: readonly MachineSummary[] = Object.entries(states)
  .map(([name, state], index) => shown(name, state, index))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** A thousand and more: every fifth one runs. */
export function manyMachines(count: number): readonly MachineSummary[] {
  return Array.from({ length: count }, (_, index) =>
    shown(`m${String(index).padStart(5, '0')}`, index % 5 === 0 ? 'running' : 'stopped', index % 250),
  );
}

/** Of those that run; `turn` makes the figures others. */
export function groupsOf(list: readonly MachineSummary[], turn = 0): readonly GroupSample[] {
  return list
    .filter(({ pid }) => pid !== null)
    .map(({ name, state }, index) => {
      const cores = ((index * 7 + turn * 3) % 20) / 20;
      return group(
        name,
        {
          cpu: { cores, limitCores: index === 1 ? 0.5 : 'max', throttledShare: index === 1 ? 0.38 : 0 },
          memory: {
            bytes: (64 + ((index * 37 + turn) % 400)) * MIB,
            limitBytes: index === 0 ? 512 * MIB : 'max',
          },
          pressure: index === 1 ? { cpu: { some: 0.4, full: 0.3 } } : {},
        },
        { frozen: state === 'frozen' },
      );
    });
}

const events: readonly MachineEvent[] = [
  { time: '2026-01-31T12:00:00.000Z', name: 'web', type: 'created', details: { template: 'busybox' } },
  { time: '2026-01-31T12:10:00.000Z', name: 'web', type: 'snapshotted', details: { snapshot: 'fresh' } },
  { time: '2026-01-31T12:30:00.000Z', name: 'web', type: 'started', details: { pid: 4711 } },
];

const file = (size: number) => ({ type: 'file' as const, mode: 0o644, uid: 0, gid: 0, size });

export interface ShownOptions {
  readonly list?: readonly MachineSummary[];
  /** Each sample tells other figures. */
  readonly moving?: boolean;
  /** Called at each sample. */
  readonly onSample?: () => void;
  /** Nothing that is asked of a machine is ever answered. */
  readonly hangs?: boolean;
}

export function shownMachines({ list = shownList, moving, onSample, hangs }: ShownOptions = {}): Machines {
  const find = (name: string): MachineSummary => {
    const found = list.find((machine) => machine.name === name);
    if (found === undefined) throw new MachineError('no-such-machine', `there is no machine ${name}`);
    return found;
  };
  const answer = async <T>(value: T): Promise<T> => (hangs ? new Promise<never>(() => undefined) : value);
  let turn = 0;
  const take = () => {
    onSample?.();
    if (moving) turn += 1;
    return sample(groupsOf(list, turn));
  };
  const info = async (name: string): Promise<MachineDetails> => ({
    ...find(name),
    config: exampleConfig,
    lastExit: null,
    restart: null,
    firstBoot: null,
    problem: find(name).state === 'error' ? 'its configuration cannot be read' : null,
    managed: null,
  });
  return stubMachines({
    list: async () => list,
    templates: () => [],
    names: async () => list.map(({ name }) => name),
    info,
    readConfig: async () => exampleConfig,
    inspect: () => answer(null),
    relatives: () => answer([]),
    layerSizes: () => answer([{ id: 'layer-a', bytes: 2 * MIB }]),
    diskUsage: () => answer({ ownBytes: 300 * 1024, sharedBytes: 2 * MIB }),
    settings: async () => ({ 'memory.max': '512M', 'cpu.max': '50%', 'pids.max': 'max', hostname: '' }),
    differingSettings: async () => ({}),
    snapshots: async () => [
      snapshot('fresh', { comment: 'as it was made' }),
      snapshot('hourly-1', { parent: 'fresh', automatic: true, createdAt: '2026-01-31T12:20:00.000Z' }),
      snapshot('tried', { parent: 'fresh', current: true, createdAt: '2026-01-31T12:25:00.000Z' }),
    ],
    snapshotBytes: () => answer(new Map([['fresh', 2 * MIB]])),
    diff: async function* () {
      yield await answer({
        path: '/etc/hosts',
        kind: 'modified',
        before: file(120),
        after: file(140),
      } as const);
      yield { path: '/root/.ash_history', kind: 'added', before: undefined, after: file(77) } as const;
      yield { path: '/etc/motd', kind: 'deleted', before: file(12), after: undefined } as const;
    },
    events: async function* () {
      yield* await answer(events);
    },
    followEvents: async function* (_, signal) {
      // Nothing ever happens.
      await rest(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
    },
    plan: async () => [
      {
        section: 'machine',
        index: 1,
        operation: 'cgroup-make',
        arguments: ['memory', 'tsmachine/web'],
        explanation: 'a group of its own, so that what it uses is counted and limited',
      },
      {
        section: 'inside',
        index: 2,
        operation: 'exec',
        arguments: ['/sbin/init'],
        explanation: 'init takes the place of the program that made all this',
      },
    ],
    openSampler: async () => ({
      sample: take,
      processes: () => busyProcesses,
      close: () => undefined,
    }),
    attachConsole: () => answer(undefined as never),
    start: () => answer(true),
  });
}
