/** What the kernel says of machines: their groups' files and their processes, as native machines are looked at. */
import { existsSync } from 'node:fs';
import { BackendError, type MachineUsage } from '../../backend.ts';
import type { Inspection } from '../../inspection.ts';
import type { ManagedMachine } from '../../manager/views.ts';
import { formatRule } from '../../native/cgroups/devices/device-rule.ts';
import { hostDevices } from '../../native/cgroups/devices/host-devices.ts';
import { ALL_DEVICES } from '../../native/cgroups/devices/wanted-rules.ts';
import { groupDirectories } from '../../native/cgroups/groups.ts';
import { readUsage } from '../../native/cgroups/readings.ts';
import { inspectRunning } from '../../native/inspection/inspect.ts';
import { startOf } from '../../native/life/process-stat.ts';
import { remainingIn } from '../../native/life/remaining.ts';
import { isInUserNamespace } from '../../native/user-namespace.ts';
import type { Remaining } from '../../remaining.ts';
import type { NspawnContext } from '../context.ts';
import { deviceRules } from '../settings/device-rules.ts';
import { unitOfMachine } from '../unit-name.ts';
import type { HostView } from './host-view.ts';
import type { LiveMachine } from './live-machine.ts';
import { findLive } from './machines.ts';
import { readControlGroup } from './main-process.ts';
import { groupPath, splitGroup, type UnitGroup, unitGroupOf } from './unit-group.ts';

/** Where systemd-nspawn puts the machine's processes, beside its own: below the unit's group, in the hierarchies that systemd delegates. */
const PAYLOAD = 'payload';

export function usageOf(machine: ManagedMachine, { layout, procRoot }: HostView): MachineUsage {
  const { status, unit } = machine;
  const group = 'pid' in status ? unitGroupOf(status.pid, unit, procRoot) : undefined;
  return group === undefined
    ? { memoryBytes: undefined, cpuUsec: undefined, tasks: undefined }
    : readUsage(layout, group.parent, group.name);
}

export function usageOfAll(
  machines: readonly ManagedMachine[],
  host: HostView,
): ReadonlyMap<string, MachineUsage> {
  return new Map(
    machines.filter(({ status }) => 'pid' in status).map((machine) => [machine.name, usageOf(machine, host)]),
  );
}

/** @throws BackendError 'not-running' */
export async function inspect(context: NspawnContext, host: HostView, name: string): Promise<Inspection> {
  const live = await findLive(context, host, name);
  if (live?.group === undefined) throw new BackendError('not-running', `${name} is not running`);
  const devices = await devicesOf(context, live.unit, host);
  return { ...inspectLive(live, live.group, host), devices };
}

/**
 * By what systemd was told: see settings/device-rules.ts. Null in a user namespace, where the kernel lets it guard none, and where it knows
 * nothing of the unit.
 */
async function devicesOf(
  { systemd1 }: NspawnContext,
  unit: string,
  { procRoot }: HostView,
): Promise<readonly string[] | null> {
  if (isInUserNamespace(procRoot)) return null;
  const of = unit.endsWith('.scope') ? 'Scope' : 'Service';
  const get = async (name: string) => [name, await systemd1.unitProperty(unit, of, name)] as const;
  try {
    const properties = Object.fromEntries(await Promise.all(['DevicePolicy', 'DeviceAllow'].map(get)));
    const rules = deviceRules(properties, hostDevices);
    if (rules === undefined) return null;
    return rules === 'all' ? [ALL_DEVICES] : rules.map(formatRule);
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}

function inspectLive(
  { registered }: LiveMachine,
  group: UnitGroup,
  { layout, procRoot }: HostView,
): Omit<Inspection, 'devices'> {
  const { leader, supervisor } = registered;
  const start = startOf(leader, procRoot);
  const init = start === undefined ? undefined : { pid: leader, start };
  const seen = inspectRunning({ init, ...group, limits: {} }, layout, procRoot);
  // On v1 systemd makes a group only where a limit or an account wants one.
  const controllers = Object.entries(seen.controllers).filter(([, directory]) => existsSync(directory));
  return {
    ...seen,
    cgroups: seen.cgroups.filter((directory) => existsSync(directory)),
    controllers: Object.fromEntries(controllers),
    layers: [],
    monitorPid: supervisor === 0 ? null : supervisor,
    monitorClients: null,
  };
}

/** Those of the machine; where it has no group apart from systemd-nspawn's, that one too. */
export async function readRemaining(
  context: NspawnContext,
  { layout, procRoot, ...host }: HostView,
  name: string,
): Promise<Remaining> {
  const live = await findLive(context, { layout, procRoot, ...host }, name);
  const group = live?.group ?? (await groupOfUnit(context, live?.unit || unitOfMachine(name)));
  if (group === undefined) return { total: 0, processes: [] };
  const own = groupDirectories(layout, groupPath(group), PAYLOAD).filter((path) => existsSync(path));
  return remainingIn(own.length > 0 ? own : groupDirectories(layout, group.parent, group.name), procRoot);
}

/** One whose init is gone may still have processes. */
async function groupOfUnit({ systemd1 }: NspawnContext, unit: string): Promise<UnitGroup | undefined> {
  return splitGroup(await readControlGroup(systemd1, unit));
}
