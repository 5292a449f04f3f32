import { describe, expect, it } from 'vitest';
import type { DeviceRules } from '../../../../src/backends/native/cgroups/devices/device-rule.ts';
import type { HostDevices } from '../../../../src/backends/native/cgroups/devices/host-devices.ts';
import { deviceRules } from '../../../../src/backends/nspawn/settings/device-rules.ts';

/** What a host has is another one's matter on each. */
const host: HostDevices = {
  node: (path) => (path === '/dev/null' ? { type: 'c', major: 1, minor: 3 } : undefined),
  nodesBelow: () => [],
  majors: (_, driver) => (driver === 'pts' ? [136, 137] : []),
};
const closed = { DevicePolicy: 'closed', DeviceAllow: [['/dev/char/10:232', 'rw']] };
const told: DeviceRules = [
  { type: 'c', major: 1, minor: 3, access: 'rwm' },
  { type: 'c', major: 136, minor: '*', access: 'rw' },
  { type: 'c', major: 137, minor: '*', access: 'rw' },
  { type: 'c', major: 10, minor: 232, access: 'rw' },
];

describe('what a unit lets its processes do with devices', () => {
  it('is its list, and what every guarded unit may where the host has it', () => {
    expect(deviceRules(closed, host)).toEqual(told);
    expect(deviceRules({ ...closed, DevicePolicy: 'auto' }, host)).toEqual(told);
    expect(deviceRules({ ...closed, DevicePolicy: 'strict' }, host)).toEqual(told.slice(-1));
  });

  it('leaves out a device that nobody may see, and no other that cannot be looked at', () => {
    const failing = (code: string): HostDevices => ({
      ...host,
      node: () => {
        throw Object.assign(new Error(code), { code });
      },
    });
    for (const code of ['EACCES', 'ENOTDIR', 'ELOOP']) {
      expect(deviceRules(closed, failing(code))).toEqual(told.slice(1));
    }
    expect(() => deviceRules(closed, failing('EIO'))).toThrow('EIO');
  });

  it('is all without a policy and without a list, and not known where nothing is said of it', () => {
    expect(deviceRules({ DevicePolicy: 'auto', DeviceAllow: [] }, host)).toBe('all');
    expect(deviceRules({}, host)).toBe(undefined);
  });
});
