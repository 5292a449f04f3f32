/** What state a machine is in. The truth is the kernel's: files only say whom to ask about. */
import { statSync } from 'node:fs';
import type { ExitRecord, MachineHandle, MachineStatus } from '../../backend.ts';
import { readFreezeState } from '../cgroups/freezer.ts';
import { isPopulated } from '../cgroups/kill.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';
import { readExitRecord } from './exit-record.ts';
import { isAlive } from './process-stat.ts';
import { readStateFile, type StateFile } from './state-file.ts';

/** Where the kernel is asked. */
export interface HostView {
  readonly layout: CgroupLayout;
  readonly cgroupParent: string;
  readonly procRoot: string;
}

export function readStatus(machine: MachineHandle, host: HostView): MachineStatus {
  const state = readStateFile(machine.runDirectory);
  if (state !== undefined && isAlive(state.monitor, host.procRoot)) return monitored(machine, host, state);
  if (!isPopulated(host.layout, host.cgroupParent, machine.spec.name)) {
    return { state: 'stopped', lastExit: lastExit(machine, state) };
  }
  // Another command may have started the machine between our two looks: then there is a new state to read.
  const now = readStateFile(machine.runDirectory);
  if (now !== undefined && now.monitor.start !== state?.monitor.start) return monitored(machine, host, now);
  return { state: 'error', reason: leftBehind(state) };
}

function monitored(machine: MachineHandle, host: HostView, state: StateFile): MachineStatus {
  const { init, phase, startedAt, readyAt } = state;
  const monitorPid = state.monitor.pid;
  // The monitor is at its teardown, whether it had the time to say so or not.
  if (phase === 'stopping' || (phase === 'running' && init !== undefined && !isAlive(init, host.procRoot))) {
    return { state: 'stopping', ...(init && { pid: init.pid }), monitorPid, startedAt };
  }
  if (phase === 'starting' || init === undefined) return { state: 'starting', monitorPid };
  return { state: livingState(machine, host), pid: init.pid, monitorPid, startedAt, readyAt };
}

function livingState(machine: MachineHandle, host: HostView): 'running' | 'freezing' | 'frozen' {
  const freeze = readFreezeState(host.layout, host.cgroupParent, machine.spec.name);
  return freeze === 'frozen' || freeze === 'freezing' ? freeze : 'running';
}

function leftBehind(state: StateFile | undefined): string {
  return state === undefined
    ? 'processes of the machine are left, but no monitor looks after them'
    : `its monitor (pid ${state.monitor.pid}) died and left processes behind`;
}

/**
 * How the last run ended. With a state file left by a dead monitor nobody saw the end, unless the monitor died
 * between writing the exit record and removing its run directory.
 */
export function lastExit(machine: MachineHandle, left: StateFile | undefined): ExitRecord | undefined {
  const written = readExitRecord(machine.directory);
  // What never ran did not end either.
  if (left === undefined || left.phase === 'starting') return written;
  if (written !== undefined && left.startedAt > 0 && written.endedAt >= left.startedAt) return written;
  return { reason: 'monitor-lost', code: 0, signal: 0, endedAt: stateFileTime(machine.runDirectory) };
}

/** The last that was heard of the monitor. */
function stateFileTime(runDirectory: string): number {
  return Math.trunc(statSync(`${runDirectory}/state`, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
