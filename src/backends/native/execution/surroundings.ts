/** Where a command runs that is executed in a machine: the groups of its init, and the confinement it was started with. */
import { readFileSync } from 'node:fs';
import type { MachineHandle } from '../../backend.ts';
import { groupDirectories, unifiedGroup } from '../cgroups/groups.ts';
import { readSmallFile } from '../life/small-file.ts';
import type { HostView } from '../life/status.ts';
import { decodeRecords, type WireRecord } from '../records.ts';
import type { EnterContext } from './enter-records.ts';

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

/** The plan that the machine was started with, kept beside it: its config may have changed since. Undefined if it is gone. */
export function keptPlan(machine: MachineHandle): readonly WireRecord[] | undefined {
  try {
    return decodeRecords(readFileSync(`${machine.directory}/plan`));
  } catch {
    return undefined;
  }
}

const CONFINEMENT: readonly string[] = ['rlimit', 'capabilities', 'apparmor', 'no-new-privileges', 'seccomp'];
const UUID = 'container_uuid=';

/** What a plan made of init. */
export function surroundingsOf(
  plan: readonly WireRecord[],
): Pick<EnterContext, 'namespaces' | 'confinement' | 'environment'> {
  const argumentsOf = (kind: string) => plan.flatMap((one) => (one.name === kind ? one.arguments : []));
  const uuid = argumentsOf('environment').find((text) => text.startsWith(UUID));
  return {
    namespaces: argumentsOf('namespaces'),
    confinement: CONFINEMENT.flatMap((kind) => plan.filter(({ name }) => name === kind)),
    environment: {
      container: 'tsmachine',
      ...(uuid === undefined ? {} : { container_uuid: uuid.slice(UUID.length) }),
    },
  };
}
