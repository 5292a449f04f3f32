/** The sections of `info`: the machine as configured, and as the kernel sees it. Pure. */
import type { Inspection } from '../../backends/backend.ts';
import type { DiskUsage, MachineDetails } from '../../machines/machines.ts';
import { exitWords } from './exit-words.ts';
import { diskWords } from './machine-list.ts';
import type { Paint } from './paint.ts';
import { formatSection } from './table.ts';
import { formatBytes, formatCpuTime, formatDuration, formatTime } from './units.ts';

type Entry = readonly [string, string | readonly string[]];

/** What `info` looks up besides. */
export interface ShownMachine extends MachineDetails {
  /** Null: it is not known. */
  readonly disk: DiskUsage | null;
  /** The one that the present files go on from. */
  readonly currentSnapshot: string | null;
}

export function infoLines(
  details: ShownMachine,
  settings: Readonly<Record<string, string>>,
  now: number,
  paint: Paint,
): readonly string[] {
  const sections = [
    formatSection(details.name, stateEntries(details, now), paint),
    formatSection('Uses', usageEntries(details), paint),
    formatSection('Files', fileEntries(details), paint),
    formatSection('Configuration', Object.entries(settings), paint),
    ...kernelSections(details.inspection, paint),
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function stateEntries(details: MachineDetails, now: number): readonly Entry[] {
  const { state, problem, backend, template, pid, startedAt, createdAt, lastExit, addresses } = details;
  return present([
    ['state', problem === null ? state : `${state}: ${problem}`],
    ['isolation', isolationWords(details)],
    ['backend', backend],
    ['template', template],
    ['pid', pid === null ? undefined : String(pid)],
    ['started', startedAt === null ? undefined : withAge(startedAt, now)],
    ['created', withAge(createdAt, now)],
    ['addresses', addresses.length === 0 ? undefined : addresses],
    [
      'last exit',
      lastExit === null ? undefined : `${exitWords(lastExit)}, ${withAge(lastExit.endedAt, now)}`,
    ],
  ]);
}

function isolationWords({ privileged }: MachineDetails): string {
  return privileged
    ? 'PRIVILEGED: root inside is root of this host'
    : 'own user namespace: root inside is nobody outside';
}

function usageEntries({ memoryBytes, cpuUsec, tasks }: MachineDetails): readonly Entry[] {
  return present([
    ['memory', memoryBytes === null ? undefined : formatBytes(memoryBytes)],
    ['cpu time', cpuUsec === null ? undefined : formatCpuTime(cpuUsec)],
    ['tasks', tasks === null ? undefined : String(tasks)],
  ]);
}

function fileEntries({ config, disk, snapshots, currentSnapshot }: ShownMachine): readonly Entry[] {
  return present([
    ['storage', config.storage.driver],
    ['disk', disk === null ? undefined : diskWords(disk)],
    ['disk limit', config.disk === undefined ? undefined : formatBytes(config.disk.maxBytes)],
    ['snapshots', String(snapshots)],
    ['goes on from', currentSnapshot ?? undefined],
  ]);
}

function kernelSections(inspection: Inspection | null, paint: Paint): readonly (readonly string[])[] {
  if (inspection === null) return [];
  const { namespaces, cgroups, idMap, layers, capabilities, seccomp } = inspection;
  const inKernel: readonly Entry[] = [
    ['namespaces', Object.entries(namespaces).map(([name, inode]) => `${name} ${inode}`)],
    ['cgroups', cgroups],
    ['id map', idMap],
    ['layers', layers],
    ['capabilities', wrapWords(capabilities, 88)],
    ['seccomp', seccomp],
  ];
  return [formatSection('In the kernel', inKernel, paint)];
}

function withAge(time: string | number, now: number): string {
  const date = new Date(time);
  return `${formatTime(date)} (${formatDuration((now - date.getTime()) / 1000)} ago)`;
}

function present(
  entries: readonly (readonly [string, string | readonly string[] | undefined])[],
): readonly Entry[] {
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function wrapWords(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
