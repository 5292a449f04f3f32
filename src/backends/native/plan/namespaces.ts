import { BackendError, type IdRange, type MachineSpec } from '../../backend.ts';
import type { HostFacts } from '../host-facts.ts';
import { type Operation, operation } from '../operations.ts';

const NAMESPACES = ['mount', 'pid', 'network', 'uts', 'ipc', 'cgroup', 'time'] as const;

/** All that the kernel has; a privileged machine shares the host's user namespace, and is shown as such everywhere. */
export function namespaces(spec: MachineSpec, { setsClocks }: HostFacts): readonly Operation[] {
  return [
    operation('namespaces', ...(spec.privileged ? [] : ['user']), ...NAMESPACES),
    // Its uptime is its own: the host's tells when the host was booted, and a restore needs it to be free. A container has no
    // CAP_SYS_TIME to give, whether it has ids of its own or not: there the uptime is the container's.
    ...(setsClocks ? [operation('clock-zero')] : []),
  ];
}

/**
 * A container has no ids to give but its own, and its kernel maps no ids of mounts that its host made: what runs in it shares its ids.
 * @throws BackendError 'unsupported' there, 'failed' without a range
 */
export function idMaps(spec: MachineSpec, { inUserNamespace }: HostFacts): readonly Operation[] {
  if (spec.privileged) return [];
  if (inUserNamespace) {
    throw new BackendError(
      'unsupported',
      `${spec.name} cannot have ids of its own: this host is a container itself`,
      {
        hint: `tsmachine set ${spec.name} privileged=true: its root is then root of this container, and of no more.`,
      },
    );
  }
  const { base, count } = idRangeOf(spec);
  return [operation('id-map', 'uid', 0, base, count), operation('id-map', 'gid', 0, base, count)];
}

function idRangeOf(spec: MachineSpec): IdRange {
  if (spec.idRange !== undefined && spec.idRange.base > 0) return spec.idRange;
  // Base 0 would be a user namespace whose root is the host's.
  throw new BackendError('failed', `${spec.name} has no range of host ids`, {
    hint: 'Its configuration was damaged: restore idRange, or create the machine again.',
  });
}
