/** The processes that are left in a machine's groups, with what they wait for: proc_pid_status(5), proc_pid_wchan(5), proc_pid_stack(5). */
import type { MachineHandle } from '../../backend.ts';
import type { ProcessState, Remaining, RemainingProcess } from '../../remaining.ts';
import { groupDirectories } from '../cgroups/groups.ts';
import { processesIn } from '../cgroups/kill.ts';
import { openPid, type ProcessFiles } from '../inspection/process-files.ts';
import type { HostView } from './status.ts';

/** What is told of. A machine may have a hundred thousand. */
const MOST_TOLD = 16;
const MOST_READ = 1024;

const states: Readonly<Record<string, ProcessState>> = {
  R: 'running',
  S: 'sleeping',
  D: 'uninterruptible',
  T: 'stopped',
  t: 'traced',
  I: 'idle',
  Z: 'zombie',
  X: 'zombie',
};

export function remaining(machine: MachineHandle, { layout, cgroupParent, procRoot }: HostView): Remaining {
  return remainingIn(groupDirectories(layout, cgroupParent, machine.spec.name), procRoot);
}

/** @param groups directories; a group that is gone has none, and one process is often in several of them */
export function remainingIn(groups: readonly string[], procRoot: string): Remaining {
  const pids = [...new Set(groups.flatMap(processesIn))].sort((a, b) => a - b);
  const read = pids.slice(0, MOST_READ).flatMap((pid) => readProcess(pid, procRoot) ?? []);
  const gone = Math.min(pids.length, MOST_READ) - read.length;
  return { total: pids.length - gone, processes: read.sort(worstFirst).slice(0, MOST_TOLD) };
}

function worstFirst(a: RemainingProcess, b: RemainingProcess): number {
  return rankOf(a) - rankOf(b) || (a.insidePid ?? a.pid) - (b.insidePid ?? b.pid);
}

function rankOf({ state }: RemainingProcess): number {
  return state === 'uninterruptible' ? 0 : state === 'zombie' ? 2 : 1;
}

function readProcess(pid: number, procRoot: string): RemainingProcess | undefined {
  const files = openPid(pid, procRoot);
  if (files === undefined) return undefined;
  try {
    const status = parseProcessStatus(files.read('status').text);
    if (status === undefined) return undefined;
    // Not of status, which escapes it.
    const name = files.read('comm').text.replace(/\n$/, '');
    return { pid, ...status, name, waitChannel: waitChannelOf(files) };
  } finally {
    files.close();
  }
}

/** Undefined if the process is gone. */
export function parseProcessStatus(text: string): Pick<RemainingProcess, 'insidePid' | 'state'> | undefined {
  const [, letter] = /^State:\s+(\S)/m.exec(text) ?? [];
  if (letter === undefined) return undefined;
  // From the reader's namespace down to its own: alone it is the host's.
  const pids = (/^NSpid:\s+(.+)$/m.exec(text)?.[1] ?? '').trim().split(/\s+/).map(Number);
  const insidePid = pids.length > 1 ? (pids.at(-1) ?? null) : null;
  return { insidePid, state: states[letter] ?? 'unknown' };
}

/** Some kernels say 0 where others name the function: then the top of its stack does, to root. */
function waitChannelOf(files: ProcessFiles): string | null {
  const channel = files.read('wchan').text.trim();
  return parseWaitChannel(channel, channel === '0' ? files.read('stack').text : '');
}

export function parseWaitChannel(channel: string, stack: string): string | null {
  if (/^[A-Za-z_]/.test(channel)) return channel;
  return /^\[<[0-9a-fx]+>\]\s+([A-Za-z_][\w.]*)/.exec(stack)?.[1] ?? null;
}
