/** Where a command runs that is executed in a machine: the groups of its init, and the confinement it was started with. */
import { readFileSync } from 'node:fs';
import type { MachineHandle } from '../../backend.ts';
import { groupDirectories, unifiedGroup } from '../cgroups/groups.ts';
import { encodePlan } from '../encode.ts';
import { readSmallFile } from '../life/small-file.ts';
import type { HostView } from '../life/status.ts';
import type { LaunchPlan } from '../operations.ts';
import { decodeRecords, type WireRecord } from '../records.ts';

/**
 * In v2, init's own group: an init that enabled controllers in the machine's group (systemd does) leaves no room for
 * processes there. In v1 the machine's groups.
 */
export function groupsToJoin(machine: MachineHandle, pid: number, host: HostView): readonly string[] {
  const unified = unifiedGroup(host.layout, host.cgroupParent, machine.spec.name);
  return groupDirectories(host.layout, host.cgroupParent, machine.spec.name).map((group) =>
    group === unified ? initGroup(machine, pid, host, group) : group,
  );
}

function initGroup(machine: MachineHandle, pid: number, host: HostView, group: string): string {
  const text = readSmallFile(`${host.procRoot}/${pid}/cgroup`) ?? '';
  const path = /^0::(.*)$/m.exec(text)?.[1];
  const own = `/${host.cgroupParent}/${machine.spec.name}`;
  // It may have moved only below its own group: anything else is a path of another view of the tree.
  return path?.startsWith(`${own}/`) ? `${group}${path.slice(own.length)}` : group;
}

/** The plan that the machine was started with, kept beside it: its config may have changed since. */
export function startedPlan(machine: MachineHandle, build: () => LaunchPlan): readonly WireRecord[] {
  try {
    return decodeRecords(readFileSync(`${machine.directory}/plan`));
  } catch {
    return decodeRecords(encodePlan(build()));
  }
}
