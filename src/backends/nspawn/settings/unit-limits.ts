/** Limits as properties of a unit, systemd.resource-control(5), and back. Pure. */
import { BackendError } from '../../backend.ts';
import type { Amount, CgroupLimits, IoBandwidth, LimitName } from '../../limits.ts';
import type { TypedValue } from '../bus/calls.ts';
import { count, integer, list, text, variant } from '../bus/values.ts';
import { devicesFrom, devicesTo } from './unit-devices.ts';
import type { PropertyList, UnitProperties } from './unit-properties.ts';
import { cpusFrom, cpusTo } from './unit-sets.ts';

interface LimitWord<V> {
  /** Undefined: systemd sets no such limit. */
  readonly read: (properties: UnitProperties) => V | undefined;
  /** `limit` undefined takes it away. */
  readonly write: (limit: V | undefined, all: CgroupLimits) => PropertyList;
}

/** systemd's infinity, and its "not set". */
const UNSET = 0xffff_ffff_ffff_ffffn;

/** What CPUWeight= says for `idle`: CGROUP_WEIGHT_IDLE. */
const IDLE = 0;

const PERIOD_USEC = 100_000;

type Words = { readonly [K in LimitName]: LimitWord<CgroupLimits[K]> | string };

const words: Words = {
  'memory.max': amount('MemoryMax'),
  'memory.high': amount('MemoryHigh'),
  'memory.low': protection('MemoryLow'),
  'memory.min': protection('MemoryMin'),
  'memory.swap.max': amount('MemorySwapMax'),
  'memory.oom.group':
    'systemd sets it by OOMPolicy= alone, which is no limit: use `systemctl edit` on the unit',
  'cpu.weight': {
    read: (properties) => numberOf(properties, 'CPUWeight') || undefined,
    write: writeShare,
  },
  'cpu.idle': {
    read: (properties) => (numberOf(properties, 'CPUWeight') === IDLE ? true : undefined),
    write: writeShare,
  },
  'cpu.max': { read: readBandwidth, write: writeBandwidth },
  'cpu.max.burst': 'systemd saves up no unused processor time: raise cpu.max',
  'cpuset.cpus': {
    read: (properties) => cpusFrom(properties['AllowedCPUs']),
    write: (cpus) => [['AllowedCPUs', variant('ay', cpusTo(cpus))]],
  },
  'cpuset.mems': {
    read: (properties) => cpusFrom(properties['AllowedMemoryNodes']),
    write: (nodes) => [['AllowedMemoryNodes', variant('ay', cpusTo(nodes))]],
  },
  'io.weight': {
    read: (properties) => numberOf(properties, 'IOWeight'),
    write: (weight) => [['IOWeight', number(weight)]],
  },
  'io.max': { read: readDisks, write: writeDisks },
  'pids.max': amount('TasksMax'),
  'devices.allow': { read: devicesFrom, write: devicesTo },
  'net_cls.classid': 'systemd has no net_cls: match the cgroup of the unit in nftables (`socket cgroupv2`)',
  'net_prio.ifpriomap':
    'systemd has no net_prio: match the cgroup of the unit in nftables (`socket cgroupv2`)',
  'hugetlb.max': 'systemd limits no huge pages: a native machine can have such a limit',
};

const limitNames = Object.keys(words) as readonly LimitName[];

export function limitsOf(properties: UnitProperties): CgroupLimits {
  return Object.fromEntries(
    limitNames.flatMap((name) => {
      const word = words[name];
      const limit = typeof word === 'string' ? undefined : word.read(properties);
      return limit === undefined ? [] : [[name, limit]];
    }),
  );
}

/** What makes the named limits what `limits` says. @throws BackendError 'unsupported' */
export function propertiesOf(limits: CgroupLimits, names: readonly LimitName[]): PropertyList {
  return [...new Set(names)].flatMap((name) => propertyOf(name, limits));
}

function propertyOf<K extends LimitName>(name: K, limits: CgroupLimits): PropertyList {
  const word = words[name] as LimitWord<CgroupLimits[K]> | string;
  if (typeof word !== 'string') return word.write(limits[name], limits);
  const [why, hint] = word.split(': ');
  if (limits[name] === undefined) return [];
  throw new BackendError('unsupported', `${name}: ${why}`, { hint: hint ?? 'leave it out' });
}

function amount(property: string): LimitWord<Amount | undefined> {
  return {
    read: (properties) => numberOf(properties, property),
    write: (limit) => [[property, number(limit === 'max' ? undefined : limit)]],
  };
}

/** Nothing is protected without a word; infinity protects all. */
function protection(property: string): LimitWord<Amount | undefined> {
  return {
    read: (properties) =>
      properties[property] === UNSET ? 'max' : numberOf(properties, property) || undefined,
    write: (limit = 0) => [[property, number(limit === 'max' ? undefined : limit)]],
  };
}

/** One word for both: who is idle has no weight. */
function writeShare(_: unknown, all: CgroupLimits): PropertyList {
  return [['CPUWeight', number(all['cpu.idle'] === true ? IDLE : all['cpu.weight'])]];
}

function readBandwidth(properties: UnitProperties): CgroupLimits['cpu.max'] {
  const perSecond = numberOf(properties, 'CPUQuotaPerSecUSec');
  if (perSecond === undefined) return undefined;
  const periodUsec = numberOf(properties, 'CPUQuotaPeriodUSec') ?? PERIOD_USEC;
  return { quotaUsec: Math.round((perSecond * periodUsec) / 1_000_000), periodUsec };
}

function writeBandwidth(limit: CgroupLimits['cpu.max']): PropertyList {
  const { quotaUsec = 'max', periodUsec = PERIOD_USEC } = limit ?? {};
  return [
    [
      'CPUQuotaPerSecUSec',
      number(quotaUsec === 'max' ? undefined : Math.round((quotaUsec * 1_000_000) / periodUsec)),
    ],
    ['CPUQuotaPeriodUSec', number(periodUsec === PERIOD_USEC ? undefined : periodUsec)],
  ];
}

const rates = {
  rbps: 'IOReadBandwidthMax',
  wbps: 'IOWriteBandwidthMax',
  riops: 'IOReadIOPSMax',
  wiops: 'IOWriteIOPSMax',
} as const satisfies Readonly<Record<keyof IoBandwidth, string>>;

function readDisks(properties: UnitProperties): CgroupLimits['io.max'] {
  const disks: Record<string, Record<string, number>> = {};
  for (const [rate, property] of Object.entries(rates)) {
    for (const row of list(properties[property] ?? [])) {
      const [path, limit] = list(row);
      const bound = count(limit);
      if (bound === null) continue;
      const device = text(path).replace(/^\/dev\/block\/(\d+:\d+)$/, '$1');
      disks[device] = { ...disks[device], [rate]: bound };
    }
  }
  return Object.keys(disks).length === 0 ? undefined : disks;
}

function writeDisks(disks: CgroupLimits['io.max'] = {}): PropertyList {
  return Object.entries(rates).flatMap(([rate, property]) => {
    const rows = Object.entries(disks).flatMap(([device, limits]) => {
      const limit = limits[rate as keyof IoBandwidth];
      return limit === undefined ? [] : [[device.replace(/^\d+:\d+$/, '/dev/block/$&'), BigInt(limit)]];
    });
    const none = [property, variant('a(st)', [])] as const;
    return rows.length === 0 ? [none] : [none, [property, variant('a(st)', rows)] as const];
  });
}

function numberOf(properties: UnitProperties, name: string): number | undefined {
  const value = properties[name];
  if (value === undefined || value === UNSET) return undefined;
  return integer(value);
}

function number(value: number | undefined): TypedValue {
  return variant('t', value === undefined ? UNSET : BigInt(value));
}
