/**
 * net_cls.classid and net_prio.ifpriomap where v1 does not have them: the program of a machine's v2 group that writes mark and
 * priority of what its sockets send.
 */
import { isDeepStrictEqual } from 'node:util';
import { BackendError, type MachineHandle, type MachineSpec } from '../../../backend.ts';
import type { CgroupLimits, LimitName, LimitsInForce } from '../../../limits.ts';
import type { HostFacts } from '../../host-facts.ts';
import { readStateFile } from '../../life/state-file.ts';
import { type Operation, operation } from '../../operations.ts';
import { unifiedGroup } from '../groups.ts';
import { isByProgram, unsupported } from '../limits.ts';
import { listPrograms, type ProgramKind, putProgram } from '../programs/group-program.ts';
import { FIRST_INTERFACES, type Interfaces, readInterfaces } from './interfaces.ts';
import { type Marks, markProgram, marksOfProgram } from './mark-program.ts';
import { marksRefused } from './marks-refused.ts';

const MARK_LIMITS = ['net_cls.classid', 'net_prio.ifpriomap'] as const;
type MarkLimit = (typeof MARK_LIMITS)[number];

const MARKS: ProgramKind = { mode: 'marks', refused: marksRefused };

/** Every one is a branch for the verifier. */
const MOST_PRIORITIES = 256;

/**
 * What marks the packets of a start. An interface but the loopback comes into a machine later: its priority waits for the next `set`.
 * @throws BackendError 'unsupported' for marks on a host that has nothing for them
 */
export function markOperations({ name, limits }: MachineSpec, host: HostFacts): readonly Operation[] {
  const wanted = limitsByProgram(limits, host);
  if (Object.keys(wanted).length === 0) return [];
  const program = markProgram(marksFor(wanted, FIRST_INTERFACES));
  const group = markedGroup(host, name) ?? refuse(wanted);
  return program === undefined ? [] : [operation('cgroup-marks', group, program)];
}

/**
 * @returns what changes the program, all of it or nothing; undefined if it has nothing to do with what is named
 * @throws BackendError 'unsupported', 'failed' for an interface that the machine does not have
 */
export function markChange(
  machine: MachineHandle,
  after: CgroupLimits,
  names: readonly LimitName[],
  host: HostFacts,
  helperPath: string,
): (() => void) | undefined {
  if (!MARK_LIMITS.some((limit) => names.includes(limit) && isByProgram(host.layout, limit)))
    return undefined;
  const wanted = limitsByProgram(after, host);
  const group = markedGroup(host, machine.spec.name);
  if (group === undefined) return Object.keys(wanted).length === 0 ? undefined : refuse(wanted);
  const interfaces =
    wanted['net_prio.ifpriomap'] === undefined ? FIRST_INTERFACES : interfacesOf(machine, helperPath);
  if (names.includes('net_prio.ifpriomap')) requireInterfaces(wanted, interfaces);
  const program = markProgram(marksFor(wanted, interfaces));
  return () => {
    putProgram(MARKS, group, program, helperPath);
  };
}

/** Of a live machine; undefined if the kernel does not say so in a way that can be read. */
export function marksInForce(
  machine: MachineHandle,
  host: HostFacts,
  helperPath: string,
): LimitsInForce | undefined {
  const group = markedGroup(host, machine.spec.name);
  const limits = MARK_LIMITS.filter((limit) => isByProgram(host.layout, limit));
  const marks = group === undefined || limits.length === 0 ? undefined : readMarks(group, helperPath);
  if (marks === undefined) return undefined;
  const interfaces = marks.priorities.size === 0 ? FIRST_INTERFACES : interfacesOf(machine, helperPath);
  const now = { 'net_cls.classid': marks.mark, 'net_prio.ifpriomap': byName(marks, interfaces) };
  const standard = { 'net_cls.classid': 0, 'net_prio.ifpriomap': {} };
  return {
    limits: Object.fromEntries(limits.map((limit) => [limit, now[limit]])),
    different: limits.filter(
      (limit) => !isDeepStrictEqual(machine.spec.limits[limit] ?? standard[limit], now[limit]),
    ),
  };
}

/** In a user namespace the kernel takes no programs. */
function markedGroup({ layout, cgroupParent, inUserNamespace }: HostFacts, name: string): string | undefined {
  return inUserNamespace ? undefined : unifiedGroup(layout, cgroupParent, name);
}

function limitsByProgram(limits: CgroupLimits, { layout }: HostFacts): Pick<CgroupLimits, MarkLimit> {
  const entries = MARK_LIMITS.filter((limit) => limits[limit] !== undefined && isByProgram(layout, limit));
  return Object.fromEntries(entries.map((limit) => [limit, limits[limit]]));
}

function refuse(wanted: Pick<CgroupLimits, MarkLimit>): never {
  throw unsupported(
    Object.keys(wanted).join(', '),
    'nothing marks packets on this host',
    'It needs the controller of v1, or a cgroup v2 tree and no user namespace around us. Leave it out; an empty value removes it.',
  );
}

/** Of interfaces that are there. */
function marksFor(wanted: Pick<CgroupLimits, MarkLimit>, interfaces: Interfaces): Marks {
  const priorities = Object.entries(wanted['net_prio.ifpriomap'] ?? {}).flatMap(([name, priority]) => {
    const index = interfaces.get(name);
    return index === undefined ? [] : [[index, priority] as const];
  });
  if (priorities.length > MOST_PRIORITIES) {
    throw unsupported('net_prio.ifpriomap', `${priorities.length} interfaces are too many for one machine`);
  }
  return { mark: wanted['net_cls.classid'] ?? 0, priorities: new Map(priorities) };
}

function requireInterfaces(wanted: Pick<CgroupLimits, MarkLimit>, interfaces: Interfaces): void {
  const missing = Object.keys(wanted['net_prio.ifpriomap'] ?? {}).find((name) => !interfaces.has(name));
  if (missing === undefined) return;
  throw new BackendError(
    'failed',
    `net_prio.ifpriomap: the machine has no network interface ${missing}: ENODEV`,
    {
      errno: 'ENODEV',
      path: missing,
      hint: 'Name one that `ip link` shows inside, or take it away: "net_prio.ifpriomap.NAME=".',
    },
  );
}

function interfacesOf({ runDirectory }: MachineHandle, helperPath: string): Interfaces {
  const init = readStateFile(runDirectory)?.init;
  return init === undefined ? FIRST_INTERFACES : readInterfaces(init, helperPath);
}

function readMarks(group: string, helperPath: string): Marks | undefined {
  const [program, second] = listPrograms(MARKS, group, helperPath);
  if (program === undefined) return { mark: 0, priorities: new Map() };
  // Nobody but somebody else attaches a second one of ours.
  return second === undefined ? marksOfProgram(program) : undefined;
}

/** An interface that is gone has no packets, and no name. */
function byName({ priorities }: Marks, interfaces: Interfaces): Readonly<Record<string, number>> {
  const entries = [...interfaces].flatMap(([name, index]) => {
    const priority = priorities.get(index);
    return priority === undefined ? [] : [[name, priority] as const];
  });
  return Object.fromEntries(entries);
}
