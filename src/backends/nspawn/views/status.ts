/** What state a machine is in, of what systemd says of its unit, machined of the machine, and the kernel of its group. Pure. */
import type { ExitRecord, MachineStatus } from '../../backend.ts';
import type { FreezeState } from '../../native/cgroups/freezer.ts';
import type { ListedUnit } from '../systemd1.ts';

/** One that machined has. */
export interface Registered {
  /** Its init, on the host. */
  readonly leader: number;
  /** Whether that process is there; a zombie is not. */
  readonly alive: boolean;
  /** opening, running, closing. */
  readonly state: string;
  /** When it was registered. Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Who waits for the leader's end: systemd-nspawn. 0: not known. */
  readonly supervisor: number;
  /** Undefined where the kernel cannot tell. */
  readonly freeze: FreezeState | undefined;
}

/** Of the unit, asked for where nobody is registered, or of one machine. */
export interface MainProcess {
  /** 0: there is none. */
  readonly pid: number;
  readonly lastExit: ExitRecord | undefined;
  /** When the unit was said to be up. Milliseconds since the epoch; undefined: it is not. */
  readonly readyAt: number | undefined;
}

export interface Seen {
  /** Undefined: systemd has it not loaded. */
  readonly unit: ListedUnit | undefined;
  readonly registered: Registered | undefined;
  readonly main: MainProcess | undefined;
}

/** Load states (systemd(1), systemctl(1)) of a unit that cannot be started as it is written. */
const broken: Readonly<Record<string, string>> = {
  'bad-setting': 'has a setting that systemd does not take',
  error: 'cannot be loaded',
};

export function machineStatus(seen: Seen): MachineStatus {
  const { unit, registered } = seen;
  if (registered !== undefined) return registeredStatus(seen, registered);
  switch (unit?.active) {
    case 'activating':
    case 'active':
    case 'reloading':
    case 'refreshing':
      // Between the unit's start and the machine's; while systemd waits to start it again (auto-restart), nobody is there.
      return { state: 'starting', monitorPid: seen.main?.pid ?? 0 };
    case 'deactivating':
      return { state: 'stopping', monitorPid: seen.main?.pid ?? 0, startedAt: seen.main?.readyAt ?? 0 };
    default:
      return downStatus(seen);
  }
}

/** A unit that failed is down and says how its last run ended, as every other one. */
function downStatus({ unit, main }: Seen): MachineStatus {
  const fault = broken[unit?.load ?? ''];
  if (unit !== undefined && fault !== undefined) {
    return { state: 'error', reason: `${unit.name} ${fault}: see systemctl status '${unit.name}'` };
  }
  return { state: 'stopped', lastExit: main?.lastExit };
}

/** Its init runs from when machined knows it, whether it has booted or not: what systemd calls activating lasts until it says so. */
function registeredStatus({ unit, main }: Seen, registered: Registered): MachineStatus {
  const { leader, alive, startedAt, supervisor } = registered;
  const live = { pid: leader, monitorPid: supervisor || (main?.pid ?? 0), startedAt };
  if (!alive) return { state: 'stopping', monitorPid: live.monitorPid, startedAt };
  if (isEnding(unit, registered)) return { state: 'stopping', ...live };
  const ready = main?.readyAt === undefined ? {} : { readyAt: main.readyAt };
  const { freeze } = registered;
  return { state: freeze === undefined || freeze === 'thawed' ? 'running' : freeze, ...live, ...ready };
}

/** machined forgets it a moment after its unit is down. */
function isEnding(unit: ListedUnit | undefined, { state }: Registered): boolean {
  return state === 'closing' || ['deactivating', 'inactive', 'failed'].includes(unit?.active ?? 'active');
}
