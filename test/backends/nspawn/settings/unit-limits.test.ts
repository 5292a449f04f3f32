import { describe, expect, it } from 'vitest';
import type { CgroupLimits, LimitName } from '../../../../src/backends/limits.ts';
import { limitsOf, propertiesOf } from '../../../../src/backends/nspawn/settings/unit-limits.ts';

const UNSET = 0xffff_ffff_ffff_ffffn;

/** As systemd takes them: of a list the empty one takes away what was there. */
function asKept(limits: CgroupLimits, names = Object.keys(limits) as LimitName[]) {
  const kept: Record<string, unknown> = {};
  for (const [name, { value }] of propertiesOf(limits, names)) {
    const before = kept[name];
    kept[name] =
      Array.isArray(value) && value.length > 0 && Array.isArray(before) ? [...before, ...value] : value;
  }
  return kept;
}

describe('limits become properties of a unit, and are read back', () => {
  it.each<[CgroupLimits, Record<string, unknown>]>([
    [{ 'memory.max': 1024 ** 3 }, { MemoryMax: 1073741824n }],
    [{ 'memory.swap.max': 0 }, { MemorySwapMax: 0n }],
    [{ 'memory.low': 'max' }, { MemoryLow: UNSET }],
    [{ 'memory.min': 4096 }, { MemoryMin: 4096n }],
    [
      { 'cpu.max': { quotaUsec: 150_000, periodUsec: 100_000 } },
      { CPUQuotaPerSecUSec: 1_500_000n, CPUQuotaPeriodUSec: UNSET },
    ],
    [
      { 'cpu.max': { quotaUsec: 1000, periodUsec: 7000 } },
      { CPUQuotaPerSecUSec: 142_857n, CPUQuotaPeriodUSec: 7000n },
    ],
    [{ 'cpu.weight': 20 }, { CPUWeight: 20n }],
    [{ 'cpu.idle': true }, { CPUWeight: 0n }],
    [{ 'cpuset.cpus': '0-3,9' }, { AllowedCPUs: Buffer.from([0x0f, 0x02]) }],
    [{ 'cpuset.mems': '0' }, { AllowedMemoryNodes: Buffer.from([1]) }],
    [{ 'io.weight': 500 }, { IOWeight: 500n }],
    [
      { 'io.max': { '/dev/sda': { rbps: 1000, wiops: 5 }, '8:16': { wbps: 7 } } },
      {
        IOReadBandwidthMax: [['/dev/sda', 1000n]],
        IOWriteBandwidthMax: [['/dev/block/8:16', 7n]],
        IOReadIOPSMax: [],
        IOWriteIOPSMax: [['/dev/sda', 5n]],
      },
    ],
    [{ 'pids.max': 200 }, { TasksMax: 200n }],
    [{ 'devices.allow': { a: 'rwm' } }, { DevicePolicy: 'auto', DeviceAllow: [] }],
  ])('%j', (limits, properties) => {
    expect(asKept(limits)).toEqual(properties);
    expect(limitsOf(properties)).toEqual(limits);
  });

  it('devices come besides those that nspawn itself needs, which are no setting', () => {
    const limits = { 'devices.allow': { '/dev/kvm': 'rw', 'c 10:232': 'rwm', 'char-pts': 'rwm' } };
    const kept = asKept(limits);
    expect(kept['DeviceAllow']).toEqual(
      expect.arrayContaining([
        ['/dev/net/tun', 'rwm'],
        ['/dev/char/10:232', 'rwm'],
        ['char-pts', 'rwm'],
      ]),
    );
    expect(kept['DeviceAllow']).not.toContainEqual(['char-pts', 'rw']);
    expect(limitsOf(kept)).toEqual(limits);
    expect(limitsOf(asKept({}, ['devices.allow']))).toEqual({});
  });

  it('taken away are what systemd does without a word', () => {
    const names: LimitName[] = [
      'memory.max',
      'memory.low',
      'cpu.max',
      'cpu.weight',
      'cpuset.cpus',
      'io.max',
      'pids.max',
    ];
    const kept = asKept({}, names);
    expect(kept).toMatchObject({ MemoryMax: UNSET, MemoryLow: 0n, TasksMax: UNSET, CPUWeight: UNSET });
    expect(limitsOf(kept)).toEqual({});
  });

  it('a weight that is changed leaves the machine idle, if it is', () => {
    expect(asKept({ 'cpu.idle': true, 'cpu.weight': 5 }, ['cpu.weight'])).toEqual({ CPUWeight: 0n });
  });
});

describe('what systemd has no word for', () => {
  it.each<CgroupLimits>([
    { 'memory.oom.group': true },
    { 'cpu.max.burst': 5 },
    { 'net_cls.classid': 1 },
    { 'net_prio.ifpriomap': { lo: 1 } },
    { 'hugetlb.max': { '2MB': 0 } },
    { 'devices.allow': { 'c 10:*': 'r' } },
  ])('%j is refused, and named', (limits) => {
    const [name = ''] = Object.keys(limits);
    expect(() => propertiesOf(limits, [name as LimitName])).toThrow(name);
  });

  it('and is not set, is no matter', () => {
    expect(propertiesOf({}, ['memory.oom.group'])).toEqual([]);
  });
});
