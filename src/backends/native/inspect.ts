/** A running machine as the kernel sees it. */
import { readFileSync, statSync } from 'node:fs';
import type { Inspection, MachineHandle } from '../backend.ts';
import { CAPABILITIES } from './capabilities.ts';
import { groupDirectories } from './cgroups/groups.ts';
import type { HostView } from './life/status.ts';

/** Entries of /proc/PID/ns; a kernel may lack some. */
const NAMESPACES = ['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup', 'time'] as const;
/** `Seccomp:` of proc_pid_status(5). */
const SECCOMP_MODES: Readonly<Record<string, string>> = { '0': 'off', '1': 'strict', '2': 'filter' };

/** Of the machine's init; empty where the kernel does not say (the machine may end while we look). */
export function inspectMachine(machine: MachineHandle, pid: number | undefined, host: HostView): Inspection {
  const process = pid === undefined ? undefined : `${host.procRoot}/${pid}`;
  const status = process === undefined ? '' : read(`${process}/status`);
  return {
    namespaces: process === undefined ? {} : namespaceInodes(process),
    cgroups: groupDirectories(host.layout, host.cgroupParent, machine.spec.name),
    idMap: process === undefined ? [] : [...idMap('uid', process), ...idMap('gid', process)],
    layers: machine.spec.storage.layers,
    capabilities: capabilityNames(field(status, 'CapBnd') ?? '0'),
    seccomp: seccompMode(field(status, 'Seccomp'), field(status, 'Seccomp_filters')),
  };
}

function namespaceInodes(process: string): Readonly<Record<string, number>> {
  const found = NAMESPACES.map((name) => [name, inode(`${process}/ns/${name}`)] as const);
  return Object.fromEntries(
    found.filter((entry): entry is [(typeof NAMESPACES)[number], number] => entry[1] !== undefined),
  );
}

function inode(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/** Lines such as `uid 0 100000 65536`. */
function idMap(kind: 'uid' | 'gid', process: string): readonly string[] {
  return read(`${process}/${kind}_map`)
    .split('\n')
    .filter(Boolean)
    .map((line) => `${kind} ${line.trim().replace(/\s+/g, ' ')}`);
}

/** Names of the bits of a mask in hexadecimal; a bit newer than our table keeps its number. */
export function capabilityNames(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask}`);
  const names = new Map(CAPABILITIES.map(({ number, name }) => [number, name]));
  return Array.from({ length: 64 }, (_, number) => number)
    .filter((number) => (bits >> BigInt(number)) & 1n)
    .map((number) => names.get(number) ?? `capability-${number}`);
}

function seccompMode(mode: string | undefined, filters: string | undefined): string {
  if (mode === undefined) return 'unknown';
  const name = SECCOMP_MODES[mode] ?? mode;
  return name === 'filter' && filters !== undefined ? `filter (${filters} loaded)` : name;
}

function field(status: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
