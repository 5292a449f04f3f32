/** DeviceAllow= and DevicePolicy= of a unit as devices.allow, and back. Pure. */
import { BackendError } from '../../backend.ts';
import type { CgroupLimits } from '../../limits.ts';
import { list, text, variant } from '../bus/values.ts';
import type { PropertyList, UnitProperties } from './unit-properties.ts';

/** What systemd-nspawn@.service says itself, for nspawn to work: no machine is without it. */
const own: readonly (readonly [device: string, access: string])[] = [
  ['/dev/net/tun', 'rwm'],
  ['char-pts', 'rw'],
  ['/dev/loop-control', 'rw'],
  ['block-loop', 'rw'],
  ['block-blkext', 'rw'],
  ['/dev/mapper/control', 'rw'],
  ['block-device-mapper', 'rw'],
];

const ALL = 'a';

export function devicesFrom(properties: UnitProperties): CgroupLimits['devices.allow'] {
  const rows = allowedRows(properties);
  if (rows === undefined) return undefined;
  if (properties['DevicePolicy'] === 'auto' && rows.length === 0) return { [ALL]: 'rwm' };
  const others = rows.filter(
    ([device, access]) => !own.some((one) => one[0] === device && one[1] === access),
  );
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

/** DeviceAllow= by our names of devices. Undefined for a unit that tells nothing of it. */
export function allowedRows({
  DeviceAllow: allowed,
}: UnitProperties): readonly (readonly [device: string, access: string])[] | undefined {
  if (allowed === undefined) return undefined;
  return list(allowed).map((row) => {
    const [device, access] = list(row).map(text);
    return [nameOf(device ?? ''), access ?? ''] as const;
  });
}

/** The whole list, as its lines are kept: an empty one first. */
export function devicesTo(devices: CgroupLimits['devices.allow'] = {}): PropertyList {
  const none = ['DeviceAllow', variant('a(ss)', [])] as const;
  if (devices[ALL] !== undefined) return [['DevicePolicy', variant('s', 'auto')], none];
  const rows = Object.entries(devices).map(([device, access]) => [pathOf(device), access]);
  const kept = own.filter(([device]) => !rows.some(([other]) => other === device));
  return [
    ['DevicePolicy', variant('s', 'closed')],
    none,
    ['DeviceAllow', variant('a(ss)', [...kept.map((row) => [...row]), ...rows])],
  ];
}

function nameOf(path: string): string {
  return path.replace(
    /^\/dev\/(char|block)\/(\d+:\d+)$/,
    (_, kind, id) => `${kind === 'char' ? 'c' : 'b'} ${id}`,
  );
}

function pathOf(device: string): string {
  const [, kind, id] = /^([bc]) (.*)$/.exec(device) ?? [];
  if (id === undefined) return device;
  if (id.includes('*')) {
    throw new BackendError('unsupported', `devices.allow: systemd has no word for "${device}"`, {
      hint: 'name the driver, as char-DRIVER or block-DRIVER (/proc/devices lists them)',
    });
  }
  return `/dev/${kind === 'c' ? 'char' : 'block'}/${id}`;
}
