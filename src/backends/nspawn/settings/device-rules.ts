/**
 * What a unit lets its processes do with which devices, by DevicePolicy= and DeviceAllow= (systemd.resource-control(5)). On cgroup v2 systemd makes
 * a program of them that only it can read, and changes it with them: what it was told is what can be told.
 */
import { BackendError } from '../../backend.ts';
import { type DeviceRule, type DeviceRules, mergeRules } from '../../native/cgroups/devices/device-rule.ts';
import type { HostDevices } from '../../native/cgroups/devices/host-devices.ts';
import { namedRules } from '../../native/cgroups/devices/wanted-rules.ts';
import { allowedRows } from './unit-devices.ts';
import type { UnitProperties } from './unit-properties.ts';

/** What no unit is without that is guarded, unless its policy is strict. */
const standard: readonly (readonly [device: string, access: string])[] = [
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx'].map(
    (name) => [`/dev/${name}`, 'rwm'] as const,
  ),
  ['/run/systemd/inaccessible/chr', 'rwm'],
  ['/run/systemd/inaccessible/blk', 'rwm'],
  ['char-pts', 'rw'],
];

/** Undefined for a unit that tells nothing of devices. */
export function deviceRules(properties: UnitProperties, host: HostDevices): DeviceRules | undefined {
  const rows = allowedRows(properties);
  if (rows === undefined) return undefined;
  const policy = properties['DevicePolicy'];
  if (policy === 'auto' && rows.length === 0) return 'all';
  const all = policy === 'strict' ? rows : [...standard, ...rows];
  return mergeRules(all.flatMap(([device, access]) => rulesOf(device, access, host)));
}

/** A device that the host does not have, or that is nobody's to see, is left out, as systemd does. */
function rulesOf(device: string, access: string, host: HostDevices): readonly DeviceRule[] {
  try {
    return namedRules(device, access, host);
  } catch (error) {
    if (isNoDevice(error)) return [];
    throw error;
  }
}

/** What a path leads to that ends in a file, in a circle, or where we may not look. */
const NOWHERE: ReadonlySet<string> = new Set(['EACCES', 'ENOENT', 'ENOTDIR', 'ELOOP']);

function isNoDevice(error: unknown): boolean {
  if (error instanceof BackendError) return error.code === 'unsupported';
  return NOWHERE.has((error as NodeJS.ErrnoException).code ?? '');
}
