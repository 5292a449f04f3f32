import type { ProcessUsage } from '../../src/backends/usage.ts';

const MIB = 1024 ** 2;

/** What runs in a machine; one of them has a name that would change the terminal. */
export const busyProcesses: readonly ProcessUsage[] = [
  { pid: 4711, insidePid: 1, state: 'S', command: 'init', threads: 1, cores: 0, residentBytes: MIB },
  {
    pid: 4720,
    insidePid: 8,
    state: 'R',
    command: 'sh -c \x1b]0;owned\x07 日本 busy',
    threads: 4,
    cores: 0.5,
    residentBytes: 9 * MIB,
  },
];
