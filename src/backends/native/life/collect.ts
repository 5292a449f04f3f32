/** Cleaning up after a monitor that died. Safe to call at any time by the holder of the machine's lock. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { BackendError, type MachineHandle } from '../../backend.ts';
import { groupDirectories, monitorDirectories } from '../cgroups/groups.ts';
import { killGroup, processesIn } from '../cgroups/kill.ts';
import { removeGroups } from '../cgroups/removal.ts';
import { writeExitRecord } from './exit-record.ts';
import { isAlive, parentOf } from './process-stat.ts';
import { readStateFile } from './state-file.ts';
import { type HostView, lastExit } from './status.ts';

/**
 * A live monitor whose child is in the machine's groups. Not the machine's own monitor, which would have said so; a
 * leftover has none, since whose monitor died is given another parent.
 */
export function monitorOfProcesses(
  name: string,
  { layout, cgroupParent, procRoot }: HostView,
): number | undefined {
  const monitors = new Set(monitorDirectories(layout, cgroupParent).flatMap(processesIn));
  if (monitors.size === 0) return undefined;
  return groupDirectories(layout, cgroupParent, name)
    .flatMap(processesIn)
    .map((pid) => parentOf(pid, procRoot))
    .find((parent) => parent !== undefined && monitors.has(parent));
}

/**
 * Kills what is left of a machine, writes the exit record that its monitor could not write, and removes its groups
 * and its run directory. A machine with a live monitor is left alone.
 * @throws BackendError 'already-running', 'timeout' if processes do not die, 'busy' if groups stay or are another's
 */
export async function collect(machine: MachineHandle, host: HostView): Promise<void> {
  const state = readStateFile(machine.runDirectory);
  if (state !== undefined && isAlive(state.monitor, host.procRoot)) {
    throw new BackendError(
      'already-running',
      `${machine.spec.name} has a monitor: nothing is to be cleaned up`,
    );
  }
  const stranger = monitorOfProcesses(machine.spec.name, host);
  if (stranger !== undefined) {
    throw new BackendError(
      'busy',
      `a machine named ${machine.spec.name} of another root folder runs in its cgroups (monitor pid ${stranger})`,
      { hint: 'Rename one of them, or give each root folder a TSMACHINE_CGROUP_PARENT of its own.' },
    );
  }
  await killGroup(host.layout, host.cgroupParent, machine.spec.name);
  const exit = lastExit(machine, state);
  if (exit?.reason === 'monitor-lost' && existsSync(machine.directory)) {
    writeExitRecord(machine.directory, exit);
  }
  const left = await removeGroups(host.layout, host.cgroupParent, machine.spec.name);
  if (left.length > 0) {
    throw new BackendError('busy', `${machine.spec.name}: cgroups are still busy: ${left.join(', ')}`, {
      path: left[0] ?? '',
      hint: 'Look at the processes in their cgroup.procs; then try again.',
    });
  }
  // Last: while it is there, the next command sees that there is something to clean up.
  await rm(machine.runDirectory, { recursive: true, force: true });
}
