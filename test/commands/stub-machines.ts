/** A Machines that answers from plain data; a method that a test does not give fails loudly. */

import { runCommandLine } from '../../src/commands/program/run-command-line.ts';
import type { MachineSummary, Machines, SnapshotSummary } from '../../src/machines/machines.ts';

export function stubMachines(given: Partial<Machines>): Machines {
  return new Proxy(given as Machines, {
    get: (target, name) => {
      if (name in target) return target[name as keyof Machines];
      // A promise is asked for `then`.
      if (name === 'then') return undefined;
      return () => {
        throw new Error(`the stub has no ${String(name)}`);
      };
    },
  });
}

export function summary(name: string, more: Partial<MachineSummary> = {}): MachineSummary {
  return {
    name,
    backend: 'native',
    state: 'stopped',
    template: 'busybox',
    privileged: false,
    pid: null,
    addresses: [],
    memoryBytes: null,
    cpuUsec: null,
    tasks: null,
    snapshots: 0,
    createdAt: '2026-01-31T12:00:00.000Z',
    startedAt: null,
    restartAt: null,
    ephemeral: false,
    ...more,
  };
}

export function snapshot(name: string, more: Partial<SnapshotSummary> = {}): SnapshotSummary {
  return {
    name,
    parent: null,
    current: false,
    createdAt: '2026-01-31T12:00:00.000Z',
    comment: null,
    automatic: false,
    expiresAt: null,
    problem: null,
    ...more,
  };
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly machines?: Partial<Machines>;
  readonly terminal?: boolean;
  /** What is typed when it asks. */
  readonly answer?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The whole command line, from its words to what was written, without a process. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const written = { 1: '', 2: '' };
  const exitCode = await runCommandLine(words, {
    version: '1.2.3',
    environment: options.environment ?? {},
    terminals: {
      write: (fd, text) => {
        written[fd] += text.toString();
      },
      isTerminal: () => options.terminal ?? false,
      readLine: () => options.answer,
    },
    openMachines: async () => stubMachines(options.machines ?? {}),
    openDashboard: async (_, choice) => {
      written[1] += `dashboard ${JSON.stringify(choice)}\n`;
      return 0;
    },
    runRemotely: async (request) => {
      written[1] += `remotely ${JSON.stringify(request)}\n`;
      return 0;
    },
  });
  return { exitCode, stdout: written[1], stderr: written[2] };
}
