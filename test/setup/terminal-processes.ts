/**
 * What the processes at a terminal were doing when somebody waited for it in vain: whether they worked, waited (for what in the kernel), were stopped for
 * they were not in the foreground, or had not begun; and how busy the host was.
 */
import { readdirSync, readFileSync } from 'node:fs';

interface TerminalProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Its controlling terminal's device number; 0: none. */
  readonly terminal: number;
  /** The group that the terminal's keys go to, of the terminal that it has; -1: it has none. */
  readonly foreground: number;
  /** proc_pid_stat(5): R S D T Z ... */
  readonly state: string;
  readonly processorSeconds: number;
  readonly ageSeconds: number;
  readonly command: string;
  /** The kernel's functions that it is in, innermost first; none where nobody may read it. */
  readonly waitsIn: readonly string[];
}

/** USER_HZ: the same on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

/** How many of the kernel's functions tell what is waited for. */
const SHOWN_FUNCTIONS = 3;
const SHOWN_COMMAND = 160;

/** Waits, and tells all this of the moment when that fails. */
export async function explained<T>(wait: PromiseLike<T>, describe: () => string): Promise<T> {
  try {
    return await wait;
  } catch (error) {
    if (error instanceof Error) error.message += `\n\n${triedTo(describe)}`;
    throw error;
  }
}

/** Who was waited for may be gone, as a server of terminals: that must not take the place of what failed. */
function triedTo(describe: () => string): string {
  try {
    return describe();
  } catch (error) {
    return `What its processes did is not known: ${error}`;
  }
}

/** Of a session: what its leader (the pid) started, also where that made sessions of its own, as long as it is below it. */
export function describeSession(leader: number): string {
  const all = processes();
  const below = new Set([leader]);
  // A parent may have a higher pid than its child.
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const { pid, parent, session } of all) if (session === leader || below.has(parent)) below.add(pid);
  }
  return describe(
    `session ${leader}`,
    all.filter(({ pid }) => below.has(pid)),
  );
}

/** Of all that have a terminal: for what is at one inside of a machine. */
export function describeAllTerminals(): string {
  return describe(
    'all terminals',
    processes().filter(({ terminal }) => terminal !== 0),
  );
}

function processes(): readonly TerminalProcess[] {
  const uptime = Number.parseFloat(read('/proc/uptime'));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name), uptime));
}

/** None if it has ended meanwhile. */
function processOf(pid: number, uptime: number): readonly TerminalProcess[] {
  const stat = read(`/proc/${pid}/stat`);
  const nameEnd = stat.lastIndexOf(')') + 1;
  const [state = '', ...fields] = stat.slice(nameEnd + 1).split(' ');
  if (fields.length === 0) return [];
  /** By the number that proc_pid_stat(5) gives it. */
  const field = (number: number): number => Number(fields[number - 4]);
  const words = read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim();
  return [
    {
      pid,
      parent: field(4),
      group: field(5),
      session: field(6),
      terminal: field(7),
      foreground: field(8),
      state,
      processorSeconds: (field(14) + field(15)) / TICKS_A_SECOND,
      ageSeconds: uptime - field(22) / TICKS_A_SECOND,
      command: (words || stat.slice(stat.indexOf('('), nameEnd)).slice(0, SHOWN_COMMAND),
      waitsIn: waitsIn(pid),
    },
  ];
}

/** The whole stack for root, its top for others. */
function waitsIn(pid: number): readonly string[] {
  const stack = [...read(`/proc/${pid}/stack`).matchAll(/^\[<\w+>\] ([^+\s]+)/gm)].flatMap(
    ([, name]) => name ?? [],
  );
  const top = read(`/proc/${pid}/wchan`);
  return stack.length > 0 ? stack : [top].filter((name) => name !== '' && name !== '0');
}

function describe(what: string, found: readonly TerminalProcess[]): string {
  const head = `Processes of ${what} (${busyness()}):`;
  if (found.length === 0) return `${head} none`;
  const rows = [columns, ...found.map(rowOf)];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [head, ...lines.map((line) => `  ${line.trimEnd()}`)].join('\n');
}

const columns = ['PID', 'PPID', 'PGRP', 'FOREGROUND', 'STATE', 'AGE', 'CPU', 'WAITS IN', 'COMMAND'];

function rowOf(one: TerminalProcess): readonly string[] {
  const foreground = one.foreground === one.group ? 'yes' : one.foreground < 1 ? '-' : `${one.foreground}`;
  const numbers = [one.pid, one.parent, one.group].map(String);
  const seconds = [one.ageSeconds, one.processorSeconds].map((value) => `${value.toFixed(1)}s`);
  const waits = one.waitsIn.slice(0, SHOWN_FUNCTIONS).join(' < ') || '-';
  return [...numbers, foreground, one.state, ...seconds, waits, one.command];
}

/** A host that is only slow shows here. */
function busyness(): string {
  const waited = ['cpu', 'io', 'memory'].flatMap((kind) => {
    const [, share] = /^some avg10=(\S+)/.exec(read(`/proc/pressure/${kind}`)) ?? [];
    return share === undefined ? [] : [`${kind} ${Math.round(Number(share))}%`];
  });
  const load = `load ${read('/proc/loadavg').split(' ').slice(0, 2).join(', ')}`;
  return waited.length === 0 ? load : `${load}; pressure of the last 10 seconds: ${waited.join(', ')}`;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
