/**
 * What tests and the demo must not leave behind: processes, cgroups, mounts, network namespaces, loop devices, folders.
 * All that they make carries a mark in its name, its paths or its environment (test-run.ts), so the search never
 * has to guess whose a thing is, and a machine that somebody runs beside the tests is never counted.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type LeftoverKind = 'process' | 'cgroup' | 'mount' | 'network namespace' | 'loop device' | 'folder';

export interface Leftover {
  readonly kind: LeftoverKind;
  /** A pid, a path or a device. */
  readonly what: string;
  /** Where the mark was seen. */
  readonly why: string;
}

/** Everything on this host that carries `mark`. Needs root to see all of it. */
export function findLeftovers(mark: string): readonly Leftover[] {
  return [
    ...markedProcesses(mark),
    ...markedCgroups(mark),
    ...markedMounts(mark),
    ...markedNetworkNamespaces(mark),
    ...markedLoopDevices(mark),
    ...markedFolders(mark),
  ];
}

export function describeLeftovers(leftovers: readonly Leftover[]): string {
  return leftovers.map(({ kind, what, why }) => `left behind: ${kind} ${what} (${why})`).join('\n');
}

/** What `probe` returns, or the fallback: things in /proc and /sys vanish while one reads them. */
function attempt<T>(probe: () => T, fallback: T): T {
  try {
    return probe();
  } catch {
    return fallback;
  }
}

const text = (path: string): string => attempt(() => readFileSync(path, 'utf8'), '');
const entries = (path: string): readonly string[] => attempt(() => readdirSync(path), []);
const link = (path: string): string => attempt(() => readlinkSync(path), '');

function markedProcesses(mark: string): readonly Leftover[] {
  const found: Leftover[] = [];
  const ours = ancestry();
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    if (ours.has(pid)) continue;
    if (isZombie(pid)) continue;
    const why = processMark(`/proc/${pid}`, mark);
    if (why === undefined) continue;
    const command = text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    found.push({ kind: 'process', what: `${pid} ${command}`.trim(), why });
  }
  return found;
}

/** Dead already, and waiting for the host's init, which may take its time; a parent of ours would be found itself. */
function isZombie(pid: string): boolean {
  return /^State:\s*Z/m.test(text(`/proc/${pid}/status`));
}

/** This process and those that started it: they know the mark, and are meant to be there. */
function ancestry(): ReadonlySet<string> {
  const pids = new Set<string>();
  for (let pid = String(process.pid); pid !== '0' && !pids.has(pid); ) {
    pids.add(pid);
    pid = /^PPid:\s*(\d+)/m.exec(text(`/proc/${pid}/status`))?.[1] ?? '0';
  }
  return pids;
}

/**
 * A monitor or a machine may have changed its environment, its cgroup, its root or its executable, but not all at
 * once: a machine's overlay names our layers in its mount table, a monitor holds files of our folders open.
 */
function processMark(folder: string, mark: string): string | undefined {
  if (text(`${folder}/cgroup`).includes(mark)) return 'its cgroup';
  if (link(`${folder}/exe`).includes(mark)) return 'its executable';
  if (link(`${folder}/cwd`).includes(mark)) return 'its working directory';
  if (text(`${folder}/cmdline`).includes(mark)) return 'its command line';
  if (text(`${folder}/environ`).includes(mark)) return 'its environment';
  if (entries(`${folder}/fd`).some((fd) => link(`${folder}/fd/${fd}`).includes(mark))) return 'an open file';
  if (text(`${folder}/mountinfo`).includes(mark)) return 'its mounts';
  return undefined;
}

function markedCgroups(mark: string): readonly Leftover[] {
  const mounts = text('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
  return [...new Set(mounts)]
    .filter((mount) => mount !== '')
    .flatMap((mount) => markedFoldersBelow(mount, mark))
    .map((what) => ({ kind: 'cgroup' as const, what, why: 'its name' }));
}

/** Deepest first. Not by recursion: a machine may nest groups as deep as it likes. */
function markedFoldersBelow(top: string, mark: string): readonly string[] {
  const found: string[] = [];
  const pending = [{ folder: top, marked: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { folder, marked } = next;
    if (marked) found.unshift(folder);
    for (const entry of attempt(() => readdirSync(folder, { withFileTypes: true }), [])) {
      if (!entry.isDirectory()) continue;
      pending.push({ folder: join(folder, entry.name), marked: marked || entry.name.includes(mark) });
    }
  }
  return found;
}

function markedMounts(mark: string): readonly Leftover[] {
  return text('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(mark) && !line.includes(' - nsfs '))
    .map((line) => ({ kind: 'mount', what: line.split(' ')[4] ?? line, why: 'the mount table' }));
}

/** Named ones and those held by a mount; one that a process holds is found with the process. */
function markedNetworkNamespaces(mark: string): readonly Leftover[] {
  const named = entries('/run/netns').filter((name) => name.includes(mark));
  const mounted = text('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(' - nsfs ') && line.includes(mark))
    .map((line) => line.split(' ')[4] ?? line);
  return [...named, ...mounted].map((what) => ({ kind: 'network namespace', what, why: 'its name' }));
}

function markedLoopDevices(mark: string): readonly Leftover[] {
  return entries('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .filter((name) => text(`/sys/block/${name}/loop/backing_file`).includes(mark))
    .map((name) => ({ kind: 'loop device', what: `/dev/${name}`, why: 'its backing file' }));
}

function markedFolders(mark: string): readonly Leftover[] {
  return [tmpdir(), '/run']
    .flatMap((folder) => entries(folder).map((name) => join(folder, name)))
    .filter((path) => path.includes(mark))
    .map((what) => ({ kind: 'folder', what, why: 'its name' }));
}
