import type { MachineSpec } from '../../backend.ts';
import type { Operation } from '../operations.ts';
import { freshMount } from './system-mounts.ts';

/**
 * A manager inside can mount proc and sysfs in a user namespace of its own only while one of each is visible without
 * masks (mount_too_revealing in the kernel). The masks of /proc itself stay.
 */
export function nestingMounts(spec: MachineSpec): readonly Operation[] {
  if (!spec.nesting) return [];
  return [
    ...freshMount('proc', '/run/host/proc', '0555', 'nosuid,nodev,noexec'),
    ...freshMount('sysfs', '/run/host/sys', '0555', 'nosuid,nodev,noexec'),
  ];
}
