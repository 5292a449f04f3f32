/** The init of a machine that machined keeps ("leader"), as somebody joins it. */
import { statSync } from 'node:fs';
import { BackendError, type MachineStatus } from '../../backend.ts';
import type { ManagedMachine, ManagedViews } from '../../manager/views.ts';
import { openPid, type ProcessFiles } from '../../native/inspection/process-files.ts';
import { type ProcessId, parseStat } from '../../native/life/process-stat.ts';

export type FindMachine = ManagedViews['find'];

export interface Leader {
  readonly init: ProcessId;
  readonly state: MachineStatus['state'];
  /** Of that very process; the caller closes them. */
  readonly files: ProcessFiles;
}

/** @throws BackendError 'no-such-machine' */
export async function requireMachine(find: FindMachine, name: string): Promise<ManagedMachine> {
  const machine = await find(name);
  if (machine !== undefined) return machine;
  throw new BackendError('no-such-machine', `there is no machine "${name}"`, {
    hint: 'tsmachine list shows all machines',
  });
}

/**
 * A pid alone is nobody: machined may name one that is gone and whose number is somebody else's by now. So it must be the first
 * process of a pid namespace, in the machine's own unit. Whoever joins it holds it, and compares its start.
 * @throws BackendError 'not-running', 'busy' while it comes up, 'unsupported' for what is no container
 */
export function openLeader({ name, status, unit }: ManagedMachine, procRoot = '/proc'): Leader {
  if (status.state === 'starting') throw changing(name, 'starting');
  if (!('pid' in status)) throw notRunning(name, status.state);
  const { pid, state } = status;
  const files = openPid(pid, procRoot);
  const start = files === undefined ? undefined : parseStat(files.read('stat').text)?.start;
  if (files === undefined || start === undefined || !isInitIn(unit, files)) {
    files?.close();
    throw new BackendError('not-running', `${name} ended meanwhile`);
  }
  if (ownNamespaces(files).has('mnt') || ownNamespaces(files).has('pid')) {
    files.close();
    throw new BackendError(
      'unsupported',
      `${name} shares the host's files or processes: it is no container`,
      {
        hint: 'A virtual machine is entered by its own console or by ssh.',
      },
    );
  }
  return { init: { pid, start }, state, files };
}

export function changing(name: string, state: string): BackendError {
  return new BackendError('busy', `${name} is ${state}`, { hint: 'Try again in a moment.' });
}

function notRunning(name: string, state: string): BackendError {
  return new BackendError('not-running', `${name} is not running, it is ${state}`, {
    hint: `Start it: tsmachine start ${name}`,
  });
}

/** NSpid of proc_pid_status(5) ends with the pid in the innermost namespace. */
function isInitIn(unit: string, files: ProcessFiles): boolean {
  const inside = /^NSpid:(.*)$/m.exec(files.read('status').text)?.[1]?.trim().split(/\s+/).at(-1);
  return inside === '1' && groupPaths(files).some(({ path }) => path.split('/').includes(unit));
}

export interface GroupPath {
  /** v1 controllers, or name=NAME; empty: the v2 tree. */
  readonly controllers: readonly string[];
  /** From the root of the hierarchy, as this process sees it. */
  readonly path: string;
}

/** cgroups(7), /proc/PID/cgroup: the kernel lets nobody name a group with a newline. */
export function groupPaths(files: Pick<ProcessFiles, 'read'>): readonly GroupPath[] {
  return files
    .read('cgroup')
    .text.split('\n')
    .flatMap((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (controllers === undefined || path === undefined) return [];
      return [{ controllers: controllers.split(',').filter(Boolean), path }];
    });
}

/** Entries of /proc/PID/ns (namespaces(7)) and their names in the helper's words. */
const NAMESPACES = {
  user: 'user',
  mnt: 'mount',
  pid: 'pid',
  net: 'network',
  uts: 'uts',
  ipc: 'ipc',
  cgroup: 'cgroup',
  time: 'time',
} as const;

type Namespace = keyof typeof NAMESPACES;

/** Those that are ours as well: setns(2) refuses to join a user namespace that one is in. */
export function ownNamespaces(files: Pick<ProcessFiles, 'inode'>): ReadonlySet<Namespace> {
  const names = Object.keys(NAMESPACES) as readonly Namespace[];
  return new Set(
    names.filter((name) => {
      const ours = statSync(`/proc/self/ns/${name}`, { throwIfNoEntry: false })?.ino;
      const theirs = files.inode(`ns/${name}`);
      return theirs === undefined || theirs === ours;
    }),
  );
}

export function namespacesToJoin(files: Pick<ProcessFiles, 'inode'>): readonly string[] {
  const own = ownNamespaces(files);
  return Object.entries(NAMESPACES)
    .filter(([name]) => !own.has(name as Namespace))
    .map(([, word]) => word);
}
