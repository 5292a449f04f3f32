/** What systemd says of units, and of itself. */
import type { Bus } from '../bus/bus.ts';
import { integer, list, record, text } from '../bus/values.ts';
import { unitPath } from '../unit-name.ts';
import { MANAGER, managerCall, PROPERTIES, SYSTEMD1 } from './calls.ts';

export type UnitInterface = 'Unit' | 'Service' | 'Scope';

export interface ListedUnit {
  readonly name: string;
  /** loaded, not-found, masked ... */
  readonly load: string;
  /** active, reloading, inactive, failed, activating, deactivating. */
  readonly active: string;
  /** Of the kind of unit, for example running, dead, auto-restart. */
  readonly sub: string;
  /** The type of the job that waits or runs for it: start, stop, restart ...; empty if there is none. */
  readonly job: string;
}

export interface UnitProcess {
  /** Of its cgroup, from the root of the hierarchy. */
  readonly cgroup: string;
  readonly pid: number;
  readonly command: string;
}

export function createUnitViews(bus: Bus) {
  const ask = (member: string, signature: string, ...given: readonly unknown[]) =>
    bus.call({ ...managerCall(member, signature, given), reads: true });
  const get = (unit: string, member: string, signature: string, ...given: readonly unknown[]) =>
    bus.call({
      ...managerCall(member, signature, given),
      path: unitPath(unit),
      interface: PROPERTIES,
      reads: true,
    });

  return {
    /** Any unit that has a file, running or not. */
    unitProperties: async (unit: string, of: UnitInterface) =>
      record((await get(unit, 'GetAll', 's', `${SYSTEMD1}.${of}`))[0]),
    unitProperty: async (unit: string, of: UnitInterface, name: string): Promise<unknown> =>
      (await get(unit, 'Get', 'ss', `${SYSTEMD1}.${of}`, name))[0],
    /** Of the manager, for example Version, ControlGroup. */
    managerProperty: async (name: string): Promise<unknown> => {
      const call = managerCall('Get', 'ss', [MANAGER, name]);
      return (await bus.call({ ...call, interface: PROPERTIES, reads: true }))[0];
    },
    /** Those that are loaded. @param patterns as of glob(7), for example systemd-nspawn@*.service */
    listUnits: async (patterns: readonly string[]): Promise<readonly ListedUnit[]> =>
      list((await ask('ListUnitsByPatterns', 'asas', [], patterns))[0]).map(listedUnit),
    /** Each of the names, also of units that are not loaded. */
    listUnitsByNames: async (names: readonly string[]): Promise<readonly ListedUnit[]> =>
      list((await ask('ListUnitsByNames', 'as', names))[0]).map(listedUnit),
    unitOfPid: async (pid: number): Promise<string> => text((await ask('GetUnitByPID', 'u', pid))[0]),
    unitProcesses: async (unit: string): Promise<readonly UnitProcess[]> =>
      list((await ask('GetUnitProcesses', 's', unit))[0]).map(unitProcess),
  };
}

function listedUnit(row: unknown): ListedUnit {
  const [name, , load, active, sub, , , , job] = list(row);
  return { name: text(name), load: text(load), active: text(active), sub: text(sub), job: text(job) };
}

function unitProcess(row: unknown): UnitProcess {
  const [cgroup, pid, command] = list(row);
  return { cgroup: text(cgroup), pid: integer(pid), command: text(command) };
}
