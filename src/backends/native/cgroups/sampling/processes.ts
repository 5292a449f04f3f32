/** The processes of one group and of those below it: proc_pid_stat(5), proc_pid_status(5), proc_pid_cmdline(5). */
import { readFileSync } from 'node:fs';
import type { ProcessUsage } from '../../../usage.ts';
import { readSmallFile } from '../../life/small-file.ts';
import { groupsIn } from './group-tree.ts';
import { TICKS_PER_SECOND } from './host-usage.ts';
import { pathIn } from './source-reading.ts';

/** In the auxiliary vector: getauxval(3). Node does not tell it, and not every kernel has pages of 4 KiB. */
const AT_PAGESZ = 6n;
/** A person reads the beginning of a command line. */
const LONGEST_COMMAND = 512;

interface Seen {
  readonly start: string;
  readonly ticks: number;
  readonly at: number;
  readonly insidePid: number | null;
}

export interface ProcessReading {
  /**
   * @param init the machine's first process: what it is called inside, others are called in the same namespace
   * @param at seconds of the monotonic clock
   */
  readonly read: (
    mount: string,
    group: string,
    init: number | undefined,
    at: number,
  ) => readonly ProcessUsage[];
}

export function openProcesses(procRoot: string): ProcessReading {
  let seen: ReadonlyMap<number, Seen> = new Map();
  const pageBytes = readPageBytes(procRoot);
  return {
    read: (mount, group, init, at) => {
      const depth = init === undefined ? undefined : namespacePids(procRoot, init).length - 1;
      const now = new Map<number, Seen>();
      const found = pidsOf(mount, group).flatMap((pid) => {
        const process = readProcess({ procRoot, pageBytes, depth, at }, pid, seen.get(pid));
        if (process === undefined) return [];
        now.set(pid, process.seen);
        return [process.usage];
      });
      seen = now;
      return found;
    },
  };
}

function pidsOf(mount: string, group: string): readonly number[] {
  const own = readOrNothing(pathIn(mount, group, 'cgroup.procs'))
    .split('\n')
    .filter(Boolean)
    .map(Number);
  return [...own, ...groupsIn(mount, group).flatMap((name) => pidsOf(mount, `${group}/${name}`))];
}

interface Look {
  readonly procRoot: string;
  readonly pageBytes: number;
  /** Which of a process's pids is the machine's name for it; undefined: the innermost. */
  readonly depth: number | undefined;
  readonly at: number;
}

/** Undefined if it has ended meanwhile. */
function readProcess(
  { procRoot, pageBytes, depth, at }: Look,
  pid: number,
  before: Seen | undefined,
): { readonly usage: ProcessUsage; readonly seen: Seen } | undefined {
  const text = readSmallFile(`${procRoot}/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name stands in parentheses and may hold some itself.
  const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const start = fields[19] ?? '';
  const same = before?.start === start ? before : undefined;
  const insidePid = same === undefined ? insidePidOf(procRoot, pid, depth) : same.insidePid;
  return {
    usage: {
      pid,
      insidePid,
      state: fields[0] ?? '?',
      command: commandOf(procRoot, pid) || name,
      threads: Number(fields[17]),
      cores: same === undefined ? null : coresOf(ticks - same.ticks, at - same.at),
      residentBytes: Number(fields[21]) * pageBytes,
    },
    seen: { start, ticks, at, insidePid },
  };
}

function readPageBytes(procRoot: string): number {
  const words = new BigUint64Array(new Uint8Array(readFileSync(`${procRoot}/self/auxv`)).buffer);
  for (let index = 0; index + 1 < words.length; index += 2) {
    if (words[index] === AT_PAGESZ) return Number(words[index + 1]);
  }
  return 4096;
}

function coresOf(ticks: number, seconds: number): number | null {
  return seconds > 0 ? ticks / TICKS_PER_SECOND / seconds : null;
}

/** Without an init that says which namespace is meant: in the innermost one. */
function insidePidOf(procRoot: string, pid: number, depth: number | undefined): number | null {
  const pids = namespacePids(procRoot, pid);
  return pids[depth ?? pids.length - 1] ?? null;
}

/** NSpid: from our namespace to the process's own. */
function namespacePids(procRoot: string, pid: number): readonly number[] {
  const line = /^NSpid:\s+(.*)$/m.exec(readSmallFile(`${procRoot}/${pid}/status`) ?? '')?.[1];
  return line === undefined ? [] : line.split(/\s+/).map(Number);
}

/** Empty for a kernel thread and a zombie. */
function commandOf(procRoot: string, pid: number): string {
  const text = readSmallFile(`${procRoot}/${pid}/cmdline`) ?? '';
  return text.slice(0, LONGEST_COMMAND).replaceAll('\0', ' ').trim();
}

function readOrNothing(path: string | Buffer): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
