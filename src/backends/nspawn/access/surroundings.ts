/** What a command in a machine that machined keeps is given: all as its init has it, which systemd-nspawn chose and keeps no record of. */
import { readFileSync } from 'node:fs';
import { BackendError, type ResourceLimit } from '../../backend.ts';
import type { CgroupLayout } from '../../native/cgroups/layout.ts';
import type { EnterContext } from '../../native/execution/enter-records.ts';
import type { ProcessFiles } from '../../native/inspection/process-files.ts';
import { parseResourceLimits } from '../../native/inspection/resource-limits.ts';
import type { WireRecord } from '../../native/records.ts';
import { seccompFilter } from '../../native/seccomp/filters.ts';
import { groupPaths, type Leader, namespacesToJoin } from './leader.ts';

export function surroundingsOf({ init, files }: Leader, layout: CgroupLayout): EnterContext {
  return {
    init,
    namespaces: namespacesToJoin(files),
    cgroups: groupsToJoin(files, layout),
    confinement: [...resourceLimits(files), ...rights(files.read('status').text)],
    environment: ownWords(files.read('environ').text),
  };
}

/**
 * Its init's own groups. With systemd inside no other one may hold processes on v2 but those that it made, and it owns the tree: a
 * group of ours in there would have a second writer.
 */
function groupsToJoin(files: ProcessFiles, layout: CgroupLayout): readonly string[] {
  return groupPaths(files)
    .flatMap(({ controllers, path }) => {
      const mount = mountOf(controllers, layout);
      if (mount === undefined) return [];
      // What lies outside our own cgroup namespace begins with `..`.
      if (path.split('/').includes('..'))
        throw new BackendError('failed', `its group is not in sight: ${path}`);
      return [{ unified: controllers.length === 0, directory: `${mount}${path === '/' ? '' : path}` }];
    })
    .toSorted((a, b) => Number(b.unified) - Number(a.unified))
    .map(({ directory }) => directory);
}

function mountOf([first]: readonly string[], { unified, legacy, named }: CgroupLayout): string | undefined {
  if (first === undefined) return unified;
  return first.startsWith('name=') ? named?.[first.slice('name='.length)] : legacy[first];
}

/** What select(2) can handle: an init that raised its own gives its services this too (DefaultLimitNOFILE=, systemd-system.conf(5)). */
const SOFT_FILES = 1024;

function resourceLimits(files: ProcessFiles): readonly WireRecord[] {
  const ours = raisesAnything() ? {} : parseResourceLimits(readFileSync('/proc/self/limits', 'utf8'));
  return Object.entries(parseResourceLimits(files.read('limits').text))
    .filter(([name]) => !name.startsWith('Max '))
    .map(([name, limit]) => {
      const hard = lower(limit.hard, ours[name]?.hard);
      const soft = lower(lower(limit.soft, hard), name === 'nofile' ? SOFT_FILES : undefined);
      return record('rlimit', name, soft, hard);
    });
}

/** CAP_SYS_RESOURCE counts in the first user namespace only: setrlimit(2). */
function raisesAnything(): boolean {
  return readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).join(' ') === '0 0 4294967295';
}

type Amount = ResourceLimit['hard'];

function lower(one: Amount, other: Amount | undefined): Amount {
  if (other === undefined || other === 'unlimited') return one;
  return one === 'unlimited' ? other : Math.min(one, other);
}

/** proc_pid_status(5). The filter of systemd-nspawn cannot be read back: a command gets ours, which is for such machines too. */
function rights(status: string): readonly WireRecord[] {
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  const mask = BigInt(`0x${field('CapBnd') || '0'}`);
  const kept = Array.from({ length: 64 }, (_, number) => number).filter((bit) => (mask >> BigInt(bit)) & 1n);
  return [
    record('capabilities', ...kept),
    ...(field('NoNewPrivs') === '1' ? [record('no-new-privileges')] : []),
    ...(field('Seccomp') === '2'
      ? [record('seccomp', seccompFilter('default', process.arch).toString('hex'))]
      : []),
  ];
}

const OWN_WORDS = ['container', 'container_uuid'] as const;

/** Its init can write there what it likes: nothing that is no plain word is handed on. */
function ownWords(environ: string): Readonly<Record<string, string>> {
  const given = environ.split('\0');
  const words = OWN_WORDS.flatMap((key) => {
    const value = given.find((text) => text.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
    return /^[\w.:-]{1,64}$/.test(value) ? [[key, value]] : [];
  });
  return { container: 'systemd-nspawn', ...Object.fromEntries(words) };
}

function record(name: string, ...args: readonly (string | number)[]): WireRecord {
  return { name, arguments: args.map(String) };
}
