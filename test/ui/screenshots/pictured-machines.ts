/** Machines for the pictures: a small host with something to see. */
import type { GroupSample } from '../../../src/backends/usage.ts';
import type { MachineState, MachineSummary } from '../../../src/machines/machines.ts';
import { summary } from '../../commands/stub-machines.ts';
import { group } from '../../commands/usage-sample.ts';

const MIB = 1024 ** 2;

interface Pictured {
  readonly state: MachineState;
  readonly template: string;
  /** Processors at a moment. */
  readonly cores: (turn: number) => number;
  readonly mebibytes: number;
  readonly tasks: number;
}

const wave =
  (least: number, most: number, turns: number, begin = 0) =>
  (turn: number): number =>
    least + ((most - least) * (1 + Math.sin(((turn + begin) / turns) * 2 * Math.PI))) / 2;

const pictured: Readonly<Record<string, Pictured>> = {
  build: { state: 'running', template: 'debian', cores: wave(0.4, 0.5, 5), mebibytes: 431, tasks: 38 },
  database: { state: 'running', template: 'debian', cores: wave(0.1, 0.6, 9), mebibytes: 612, tasks: 27 },
  mail: { state: 'running', template: 'debian', cores: wave(0, 0.12, 7), mebibytes: 148, tasks: 19 },
  monitoring: { state: 'running', template: 'busybox', cores: wave(0.05, 0.3, 4), mebibytes: 86, tasks: 11 },
  staging: { state: 'frozen', template: 'debian', cores: () => 0, mebibytes: 203, tasks: 22 },
  'web-1': { state: 'running', template: 'busybox', cores: wave(0.1, 0.9, 8), mebibytes: 96, tasks: 14 },
  'web-2': { state: 'running', template: 'busybox', cores: wave(0.1, 0.9, 8, 3), mebibytes: 94, tasks: 14 },
  'web-3': { state: 'starting', template: 'busybox', cores: wave(0, 0.2, 20), mebibytes: 12, tasks: 3 },
  workshop: { state: 'stopped', template: 'busybox', cores: () => 0, mebibytes: 0, tasks: 0 },
};

export const picturedList: readonly MachineSummary[] = Object.entries(pictured).map(
  ([name, { state, template, mebibytes, tasks }], index) => {
    const runs = state !== 'stopped';
    return summary(name, {
      state,
      template,
      pid: runs ? 2000 + index * 137 : null,
      addresses: runs ? [`10.0.3.${index + 10}`] : [],
      memoryBytes: runs ? mebibytes * MIB : null,
      cpuUsec: runs ? 61_500_000 : null,
      tasks: runs ? tasks : null,
      snapshots: 3,
      createdAt: '2026-01-29T08:12:00.000Z',
      startedAt: runs ? '2026-01-31T09:30:00.000Z' : null,
    });
  },
);

/** `build` is held back by its limit. */
export function picturedGroups(turn: number): readonly GroupSample[] {
  return Object.entries(pictured).flatMap(([name, { state, cores, mebibytes, tasks }]) => {
    if (state === 'stopped') return [];
    const limited = name === 'build';
    return [
      group(
        name,
        {
          cpu: { cores: cores(turn), limitCores: limited ? 0.5 : 'max', throttledShare: limited ? 0.43 : 0 },
          memory: { bytes: mebibytes * MIB, limitBytes: limited ? 512 * MIB : 'max' },
          tasks: { count: tasks, limit: limited ? 200 : 'max' },
          pressure: limited ? { cpu: { some: 0.47, full: 0.31 } } : {},
        },
        { frozen: state === 'frozen' },
      ),
    ];
  });
}

/** As above, but `web-1` has a quota, and much to do now and then. */
export function chartedGroups(turn: number): readonly GroupSample[] {
  const [calls, files] = [peaks(turn, 17), peaks(turn + 6, 29)];
  const cores = Math.min(0.6, 0.08 + 0.7 * calls + 0.1 * files);
  const kept = Math.max(0, cores - 0.45);
  return picturedGroups(turn).map((one) =>
    one.machine !== 'web-1'
      ? one
      : group('web-1', {
          cpu: { cores, limitCores: 0.6, throttledShare: 2 * kept },
          memory: { bytes: (70 + turn / 2 + 25 * files) * MIB, limitBytes: 192 * MIB },
          io: { rbps: 3.1 * files * MIB, wbps: 0.9 * calls * MIB },
          network: { rxBytes: 42_000 * calls, txBytes: 310_000 * calls },
          tasks: { count: 14, limit: 64 },
          pressure: {
            cpu: { some: 2 * kept, full: 1.2 * kept },
            io: { some: files / 5, full: files / 12 },
          },
        }),
  );
}

/** 0 to 1, mostly little. */
function peaks(turn: number, turns: number): number {
  return wave(0, 1, turns)(turn) ** 3 * wave(0.4, 1, 5)(turn) + wave(0, 0.12, 3)(turn);
}

export const picturedConsoles: Readonly<Record<string, string>> = {
  build:
    '\x1b[1mmake\x1b[m -j4\r\n' +
    Array.from({ length: 9 }, (_, part) => `  \x1b[36mCC\x1b[m  src/part-${part + 1}.o\r\n`).join('') +
    '\x1b[33mwarning:\x1b[m unused variable \x1b[1mleft\x1b[m\r\n  \x1b[36mLD\x1b[m  program\r\n[##############......] 71%',
  database:
    '\x1b[1;32mdatabase\x1b[m login: root\r\n\x1b[1;32mroot@database\x1b[m:~# tail -f /var/log/slow\r\n' +
    Array.from(
      { length: 6 },
      (_, part) => `12:34:${50 + part}  select  \x1b[33m${140 + part * 17} ms\x1b[m\r\n`,
    ).join(''),
  'web-1':
    '\x1b[1;32mroot@web-1\x1b[m:~# ls /srv\r\n\x1b[1;34mpublic\x1b[m  \x1b[1;34mシステム\x1b[m  index.html  notes.txt\r\n' +
    '\x1b[1;32mroot@web-1\x1b[m:~# uptime\r\n 12:34:56 up 3:04,  load average: 0.61\r\n\x1b[1;32mroot@web-1\x1b[m:~# ',
  'web-2':
    '\x1b[H\x1b[30;46m  PID  CPU  MEM  COMMAND              \x1b[m\r\n    1    0  0.1  init\r\n   14   62  3.4  httpd\r\n   15   21  3.1  httpd\r\n   22    0  0.2  sh\r\n',
};
