/** devices.allow: what a machine may use besides what every machine may. Each device is one entry of it. */
import type { MachineConfig } from '../../config/config-schema.ts';
import { isDeviceName, parseDeviceAccess } from '../../values/device-names.ts';
import type { ConfigKey, Refuse } from '../key.ts';
import { byLines, printEntries, withEntry } from './keyed-limits.ts';
import { withLimit } from './limit-keys.ts';

const names =
  '/dev/NODE, "c MAJOR:MINOR", "b MAJOR:MINOR" (* is any), char-DRIVER, block-DRIVER, or a for all';

export const deviceKeys: readonly ConfigKey[] = [
  {
    name: 'devices.allow',
    limit: 'devices.allow',
    summary: 'devices that the machine may use, besides null, zero, tty and the like',
    allowed: `"DEVICE ACCESS", as "/dev/kvm rw": ${names}; r, w and m (mknod), or nothing for all three; empty removes all`,
    values: ['/dev/', 'a', 'char-', 'block-'],
    adds: true,
    print: () => ({}),
    apply: byLines(withLine),
  },
  {
    name: 'devices.allow.*',
    limit: 'devices.allow',
    summary: 'the same for one device; empty removes it',
    allowed: `any of r (read), w (write), m (mknod), as devices.allow./dev/kvm=rw: ${names}`,
    values: ['r', 'rw', 'rwm'],
    print: printEntries(
      'devices.allow',
      (device) => `devices.allow.${device}`,
      (access) => access,
    ),
    apply: (config, value, refuse, device) => withDevice(config, device, value.trim(), refuse),
  },
];

/** The access is the last word, if it is one: `c 1:3` has none. */
function withLine(config: MachineConfig, line: string, refuse: Refuse): MachineConfig {
  const words = line.trim().split(/\s+/);
  if (words[0] === '') return withLimit(config, 'devices.allow', undefined);
  const hasAccess = words.length > 1 && parseDeviceAccess(words.at(-1) ?? '') !== undefined;
  const device = words.slice(0, hasAccess ? -1 : undefined).join(' ');
  return withDevice(config, device, hasAccess ? (words.at(-1) ?? '') : 'rwm', refuse);
}

function withDevice(config: MachineConfig, device: string, value: string, refuse: Refuse): MachineConfig {
  if (!isDeviceName(device)) return refuse(`${JSON.stringify(device)} names no device`);
  if (value === '') return withEntry(config, 'devices.allow', device, undefined);
  const access = parseDeviceAccess(value) ?? refuse();
  if (device === 'a' && access !== 'rwm') {
    return refuse('a is all that there is: for a part of it allow char-* and block-*');
  }
  return withEntry(config, 'devices.allow', device, access);
}
