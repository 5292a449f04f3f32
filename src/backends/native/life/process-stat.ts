/** Who a pid is: proc_pid_stat(5). A pid alone is nobody, since pids are used again; with its start time it is one process. */
import { readSmallFile } from './small-file.ts';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly start: number;
}

/** Whether this very process lives. A zombie does not: it only waits to be reaped. */
export function isAlive(id: ProcessId, procRoot = '/proc'): boolean {
  const text = readSmallFile(`${procRoot}/${id.pid}/stat`);
  if (text === undefined) return false;
  const stat = parseStat(text);
  return stat !== undefined && stat.start === id.start && stat.state !== 'Z' && stat.state !== 'X';
}

/** Clock ticks since boot; undefined if there is no such process, or it only waits to be reaped. */
export function startOf(pid: number, procRoot = '/proc'): number | undefined {
  const text = readSmallFile(`${procRoot}/${pid}/stat`);
  const stat = text === undefined ? undefined : parseStat(text);
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.start;
}

/** Lets a process go on that somebody stopped (SIGSTOP); true if it was stopped. */
export function resume(id: ProcessId, procRoot = '/proc'): boolean {
  const text = readSmallFile(`${procRoot}/${id.pid}/stat`);
  const stat = text === undefined ? undefined : parseStat(text);
  if (stat?.start !== id.start || stat.state !== 'T') return false;
  try {
    return process.kill(id.pid, 'SIGCONT');
  } catch {
    return false;
  }
}

interface ProcessStat {
  readonly state: string;
  /** Process id. */
  readonly parent: number;
  readonly start: number;
}

/** Undefined if there is no such process. */
export function parentOf(pid: number, procRoot = '/proc'): number | undefined {
  const text = readSmallFile(`${procRoot}/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text)?.parent;
}

/** The command's name stands in parentheses and may hold anything, parentheses and spaces too: only the last one counts. */
export function parseStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 20);
  const [state, parent, start] = [fields[0], Number(fields[1]), Number(fields[19])];
  return state === undefined || !Number.isSafeInteger(start) ? undefined : { state, parent, start };
}
