/** A running machine as the kernel sees it. Loaded lazily: `info` alone needs it. */
import type { MachineHandle } from '../../backend.ts';
import type { InspectedPart, Inspection, OutOfMemory } from '../../inspection.ts';
import type { CgroupLimits } from '../../limits.ts';
import { groupDirectories, legacyGroup, unifiedGroup } from '../cgroups/groups.ts';
import { processesIn } from '../cgroups/kill.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';
import { readLimits } from '../cgroups/live-limits.ts';
import type { ProcessId } from '../life/process-stat.ts';
import type { StateFile } from '../life/state-file.ts';
import type { HostView } from '../life/status.ts';
import { parseConfinement, readSecurityLabel } from './confinement.ts';
import { readListening } from './listening.ts';
import { countMonitorClients } from './monitor-clients.ts';
import { parseMountTable } from './mount-table.ts';
import { readIdMap, readNamespaces } from './namespaces.ts';
import { readPressedLimits } from './pressed-limits.ts';
import { openProcess, type ProcessFiles } from './process-files.ts';
import { parseResourceLimits } from './resource-limits.ts';

/** What is looked at, whoever started it. */
export interface RunningMachine {
  /** Undefined: it is not known, and what only it could tell is empty. */
  readonly init: ProcessId | undefined;
  /** Its group in every hierarchy, relative to the root of each: `tsmachine` and `web`, or `machine.slice` and `machine-web.scope`. */
  readonly parent: string;
  readonly name: string;
  /** As they are set. */
  readonly limits: CgroupLimits;
}

type Seen = Omit<Inspection, 'devices' | 'layers' | 'monitorPid' | 'monitorClients'>;

/** Where init cannot be looked at (the machine may end while we look), what only it could tell is empty. */
export function inspectRunning(machine: RunningMachine, layout: CgroupLayout, procRoot: string): Seen {
  const init = machine.init === undefined ? undefined : openProcess(machine.init, procRoot);
  try {
    return {
      ...inspectProcess(init ?? nobody, machine, layout, procRoot),
      ...inspectGroups(machine, layout),
    };
  } finally {
    init?.close();
  }
}

/** One of ours, whose monitor wrote `state`. */
export function inspectMachine(
  { spec }: MachineHandle,
  state: StateFile | undefined,
  { layout, cgroupParent: parent, procRoot }: HostView,
): Omit<Inspection, 'devices'> {
  const { name, limits, storage } = spec;
  return {
    ...inspectRunning({ init: state?.init, parent, name, limits }, layout, procRoot),
    layers: storage.layers,
    monitorPid: state?.monitor.pid ?? null,
    monitorClients: state === undefined ? null : countMonitorClients(state.monitor, procRoot),
  };
}

/** A process that tells nothing. */
const nobody: ProcessFiles = {
  read: () => ({ text: '', whole: true }),
  list: () => [],
  link: () => undefined,
  inode: () => undefined,
  close: () => {},
};

function inspectProcess(
  init: ProcessFiles,
  { parent, name }: RunningMachine,
  layout: CgroupLayout,
  procRoot: string,
) {
  const mounts = init.read('mountinfo');
  const processes = () => processesOf(layout, parent, name);
  const listening = readListening(init, processes, procRoot);
  const incomplete: readonly (readonly [InspectedPart, boolean])[] = [
    ['mounts', mounts.whole],
    ['listening', listening.whole],
    ['processes', listening.ownersWhole],
  ];
  return {
    ...readNamespaces(init, procRoot),
    idMap: readIdMap(init),
    ...parseConfinement(init.read('status').text),
    securityLabel: readSecurityLabel(init),
    mounts: parseMountTable(mounts.text),
    listening: listening.sockets,
    rlimits: parseResourceLimits(init.read('limits').text),
    oom: parseOutOfMemory(init.read('oom_score').text, init.read('oom_score_adj').text),
    incomplete: incomplete.filter(([, whole]) => !whole).map(([part]) => part),
  };
}

function processesOf(layout: CgroupLayout, parent: string, name: string): readonly number[] {
  const [group] = groupDirectories(layout, parent, name);
  return group === undefined ? [] : processesIn(group);
}

function parseOutOfMemory(score: string, adjustment: string): OutOfMemory | null {
  return score === '' || adjustment === '' ? null : { score: Number(score), adjustment: Number(adjustment) };
}

function inspectGroups({ parent, name, limits }: RunningMachine, layout: CgroupLayout) {
  return {
    cgroups: groupDirectories(layout, parent, name),
    controllers: controllerDirectories(layout, parent, name),
    limitsInForce: readLimits(layout, parent, name, limits).limits,
    ...readPressedLimits(layout, parent, name),
  };
}

/** A controller is in one hierarchy only. What v2 does without any (freeze, kill, pressure) is under `unified`. */
function controllerDirectories(
  layout: CgroupLayout,
  parent: string,
  name: string,
): Readonly<Record<string, string>> {
  const unified = unifiedGroup(layout, parent, name);
  const unifiedNames = unified === undefined ? [] : ['unified', ...layout.unifiedControllers];
  return Object.fromEntries([
    ...unifiedNames.map((controller) => [controller, unified]),
    ...Object.keys(layout.legacy).map((controller) => [
      controller,
      legacyGroup(layout, controller, parent, name),
    ]),
  ]);
}
