/** A machine that machined has, and what the kernel says of it. */
import type { FreezeState } from '../../native/cgroups/freezer.ts';
import { readFreezeState } from '../../native/cgroups/freezer.ts';
import { parentOf, startOf } from '../../native/life/process-stat.ts';
import { readSmallFile } from '../../native/life/small-file.ts';
import type { MachineProperties } from '../machine1.ts';
import type { HostView } from './host-view.ts';
import type { Registered } from './status.ts';
import { type UnitGroup, unitGroupOf } from './unit-group.ts';

/** Virtual machines and the host itself (.host) are of other classes. */
export const CONTAINER = 'container';

export interface LiveMachine {
  readonly name: string;
  readonly unit: string;
  readonly service: string;
  /** Null: it was not said. */
  readonly rootDirectory: string | null;
  /** Undefined: its leader is gone, or in no unit. */
  readonly group: UnitGroup | undefined;
  readonly registered: Registered;
  /** Undefined: its leader is gone. */
  readonly sharesHostIds: boolean | undefined;
}

export function liveMachine(of: MachineProperties, { layout, procRoot }: HostView): LiveMachine {
  const { name, unit, service, leader, state, timestamp, rootDirectory } = of;
  const group = unitGroupOf(leader, unit, procRoot);
  const freeze: FreezeState | undefined =
    group === undefined ? undefined : readFreezeState(layout, group.parent, group.name);
  return {
    name,
    unit,
    service,
    rootDirectory: rootDirectory === '' ? null : rootDirectory,
    group,
    sharesHostIds: sharesHostIds(leader, procRoot),
    registered: {
      leader,
      alive: startOf(leader, procRoot) !== undefined,
      state,
      startedAt: Math.trunc(timestamp / 1000),
      // systemd-nspawn is the parent of the machine's init, which is born twice removed from it (PR_SET_CHILD_SUBREAPER).
      supervisor: parentOf(leader, procRoot) ?? 0,
      freeze,
    },
  };
}

/** `first inside, first outside, how many` (user_namespaces(7)): root is the first. */
function sharesHostIds(pid: number, procRoot: string): boolean | undefined {
  const [, inside, outside] =
    /^\s*(\d+)\s+(\d+)\s/.exec(readSmallFile(`${procRoot}/${pid}/uid_map`) ?? '') ?? [];
  return inside === undefined ? undefined : inside === '0' && outside === '0';
}
