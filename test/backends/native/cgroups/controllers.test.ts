/** What each limit writes into which file, in v2 and in v1, and what the same files mean when they are read. */
import { describe, expect, it } from 'vitest';
import type { CgroupLimits, FileLimitName } from '../../../../src/backends/limits.ts';
import {
  controllerOf,
  type LimitValue,
  limitNames,
  limitOf,
} from '../../../../src/backends/native/cgroups/controllers/controllers.ts';
import type { HostFiles, LimitFiles } from '../../../../src/backends/native/cgroups/controllers/limit.ts';
import { readLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { isByProgram, limitsInFiles, placeLimit } from '../../../../src/backends/native/cgroups/limits.ts';
import { LEGACY_MOUNTINFO, UNIFIED_MOUNTINFO } from './mountinfo.ts';

const M = 1024 ** 2;
const numbers: Readonly<Record<string, string>> = {
  '/dev/sda': '8:0',
  '/dev/sda1': '8:0',
  '8:0': '8:0',
  '8:16': '8:16',
};

function host(files: readonly string[] = []): HostFiles {
  return {
    has: (file) => files.includes(file),
    diskNumber: (device) => numbers[device],
    cpuset: { cpus: '0-3', mems: '0' },
  };
}

type Version = 'unified' | 'legacy';

function filesOf(name: FileLimitName, version: Version): LimitFiles<LimitValue> {
  const files = limitOf(name)[version];
  if (typeof files !== 'object') throw new Error(String(files));
  return files;
}

/** As lines of `file value`. */
function writes(
  name: FileLimitName,
  version: Version,
  after: LimitValue,
  { before, all = {}, files }: { before?: LimitValue; all?: CgroupLimits; files?: readonly string[] } = {},
): readonly string[] {
  const change = { before: before ?? limitOf(name).standard, after, all: { ...all, [name]: after } };
  return filesOf(name, version)
    .writes(change, host(files))
    .map(({ file, value }) => `${file} ${value}`);
}

function inForce(
  name: FileLimitName,
  version: Version,
  texts: Readonly<Record<string, string>>,
  set = limitOf(name).standard,
) {
  return filesOf(name, version).inForce((file) => texts[file], set);
}

describe('limits', () => {
  it('belong to the controllers of v2, of which v1 calls one otherwise', () => {
    expect(controllerOf('io.max')).toEqual({ unified: 'io', legacy: 'blkio' });
    expect(controllerOf('memory.swap.max')).toEqual({ unified: 'memory', legacy: 'memory' });
  });

  /** Limit, value, v2's writes, v1's writes. */
  it.each<readonly [FileLimitName, LimitValue, readonly string[], readonly string[]]>([
    ['memory.max', 64 * M, ['memory.max 67108864'], ['memory.limit_in_bytes 67108864']],
    ['memory.max', 'max', ['memory.max max'], ['memory.limit_in_bytes -1']],
    ['memory.low', 8 * M, ['memory.low 8388608'], ['memory.soft_limit_in_bytes 8388608']],
    ['memory.low', 0, ['memory.low 0'], ['memory.soft_limit_in_bytes -1']],
    ['cpu.weight', 100, ['cpu.weight 100'], ['cpu.shares 1024']],
    ['cpu.weight', 1, ['cpu.weight 1'], ['cpu.shares 10']],
    ['cpu.weight', 10_000, ['cpu.weight 10000'], ['cpu.shares 102400']],
    [
      'cpu.max',
      { quotaUsec: 50_000, periodUsec: 100_000 },
      ['cpu.max 50000 100000'],
      ['cpu.cfs_period_us 100000', 'cpu.cfs_quota_us 50000'],
    ],
    ['cpu.max.burst', 5000, ['cpu.max.burst 5000'], ['cpu.cfs_burst_us 5000']],
    ['cpu.idle', true, ['cpu.idle 1'], ['cpu.idle 1']],
    ['cpuset.cpus', '0-1', ['cpuset.cpus 0-1'], ['cpuset.cpus 0-1']],
    ['cpuset.cpus', '', ['cpuset.cpus 0-3'], ['cpuset.cpus 0-3']],
    ['pids.max', 20, ['pids.max 20'], ['pids.max 20']],
    [
      'hugetlb.max',
      { '2MB': 4 * M, '1GB': 'max' },
      ['hugetlb.2MB.max 4194304', 'hugetlb.1GB.max max'],
      ['hugetlb.2MB.limit_in_bytes 4194304', 'hugetlb.1GB.limit_in_bytes -1'],
    ],
    [
      'io.max',
      { '/dev/sda': { rbps: M, wiops: 10 } },
      ['io.max 8:0 rbps=1048576 wbps=max riops=max wiops=10'],
      [
        'blkio.throttle.read_bps_device 8:0 1048576',
        'blkio.throttle.write_bps_device 8:0 0',
        'blkio.throttle.read_iops_device 8:0 0',
        'blkio.throttle.write_iops_device 8:0 10',
      ],
    ],
  ])('%s of %j', (name, value, unified, legacy) => {
    expect(writes(name, 'unified', value)).toEqual(unified);
    expect(writes(name, 'legacy', value)).toEqual(legacy);
  });

  it.each(limitNames.filter((name) => typeof limitOf(name).legacy === 'string'))(
    '%s has nothing like it in v1, and says what comes nearest or why',
    (name) => expect(limitOf(name).legacy).toMatch(/^v1 .{20,}/),
  );
});

describe('memory and swap in v1', () => {
  it('are limited together, and swap alone is what is left between', () => {
    const both = { 'memory.max': 64 * M, 'memory.swap.max': 16 * M } as const;
    const expected = [
      'memory.memsw.limit_in_bytes -1',
      'memory.limit_in_bytes 67108864',
      'memory.memsw.limit_in_bytes 83886080',
    ];
    expect(writes('memory.swap.max', 'legacy', 16 * M, { all: both })).toEqual(expected);
    expect(writes('memory.max', 'legacy', 64 * M, { all: both })).toEqual(expected);
    const texts = { 'memory.limit_in_bytes': '67108864\n', 'memory.memsw.limit_in_bytes': '83886080\n' };
    expect(inForce('memory.swap.max', 'legacy', texts)).toBe(16 * M);
    expect(inForce('memory.swap.max', 'legacy', { 'memory.limit_in_bytes': '67108864\n' })).toBeUndefined();
  });
});

describe('cpu.max', () => {
  it('lifts a quota of v1 before another period', () => {
    const before = { quotaUsec: 50_000, periodUsec: 100_000 };
    expect(writes('cpu.max', 'legacy', { quotaUsec: 5000, periodUsec: 10_000 }, { before })).toEqual([
      'cpu.cfs_quota_us -1',
      'cpu.cfs_period_us 10000',
      'cpu.cfs_quota_us 5000',
    ]);
  });

  it('takes a burst out of the way, which must not be longer than the quota', () => {
    const after = { quotaUsec: 10_000, periodUsec: 100_000 };
    expect(writes('cpu.max', 'unified', after, { all: { 'cpu.max.burst': 5000 } })).toEqual([
      'cpu.max.burst 0',
      'cpu.max 10000 100000',
      'cpu.max.burst 5000',
    ]);
  });
});

describe('io', () => {
  it('has its weight in each file that the kernel has', () => {
    expect(writes('io.weight', 'unified', 500, { files: ['io.weight', 'io.bfq.weight'] })).toEqual([
      'io.bfq.weight 136',
      'io.weight 500',
    ]);
    expect(writes('io.weight', 'unified', 10_000, { files: ['io.bfq.weight'] })).toEqual([
      'io.bfq.weight 1000',
    ]);
    expect(writes('io.weight', 'legacy', 50, { files: ['blkio.bfq.weight'] })).toEqual([
      'blkio.bfq.weight 50',
    ]);
    expect(inForce('io.weight', 'unified', { 'io.weight': 'default 200\n8:0 50\n' })).toBe(200);
    expect(inForce('io.weight', 'unified', { 'io.bfq.weight': 'default 1000\n' })).toBe(10_000);
  });

  it('has its weight in files that no group has yet, as none has the controller, too', () => {
    const first = (files: readonly string[]) => {
      const change = { before: 100, after: 500, all: {} };
      return filesOf('io.weight', 'unified')
        .writes(change, host(files))
        .map(({ file, optional = false }) => ({ file, optional }));
    };
    // A file of the root alone tells of iocost; nothing tells of BFQ.
    expect(first(['io.cost.qos'])).toEqual([
      { file: 'io.bfq.weight', optional: true },
      { file: 'io.weight', optional: false },
    ]);
    expect(first(['io.cost.qos', 'io.weight', 'io.bfq.weight']).every(({ optional }) => !optional)).toBe(
      true,
    );
    expect(first([])).toEqual([{ file: 'io.bfq.weight', optional: false }]);
    expect(
      filesOf('io.weight', 'legacy').writes({ before: 100, after: 500, all: {} }, host([])),
    ).toMatchObject([{ file: 'blkio.bfq.weight' }]);
  });

  it('tells which of two weights is not what was set', () => {
    const texts = (iocost: number, bfq: number) => ({
      'io.weight': `default ${iocost}\n`,
      'io.bfq.weight': `default ${bfq}\n`,
    });
    expect(inForce('io.weight', 'unified', texts(500, 136), 500)).toBe(500);
    expect(inForce('io.weight', 'unified', texts(500, 100), 500)).toBe(100);
    expect(inForce('io.weight', 'unified', texts(50, 136), 500)).toBe(50);
  });

  it('limits the disk that a partition lies on, and lets go what is limited no more', () => {
    const before = { '/dev/sda1': { wbps: 100 }, '8:16': { riops: 5 } };
    expect(writes('io.max', 'unified', { '8:16': { riops: 6 } }, { before })).toEqual([
      'io.max 8:0 rbps=max wbps=max riops=max wiops=max',
      'io.max 8:16 rbps=max wbps=max riops=6 wiops=max',
    ]);
  });

  it('refuses a device that is not there, and forgets one that went', () => {
    expect(() => writes('io.max', 'unified', { '/dev/sdz': { rbps: 1 } })).toThrow(
      /no block device \/dev\/sdz/,
    );
    expect(writes('io.max', 'unified', {}, { before: { '/dev/sdz': { rbps: 1 } } })).toEqual([]);
  });

  it('is put back line by line', () => {
    const change = { before: {}, after: { '8:16': { rbps: 1 } }, all: {} };
    const [write] = filesOf('io.max', 'unified').writes(change, host());
    expect(write?.restore?.('8:0 rbps=1 wbps=max riops=max wiops=max\n')).toBe(
      '8:16 rbps=max wbps=max riops=max wiops=max',
    );
    expect(write?.restore?.('8:16 rbps=7 wbps=max riops=max wiops=max\n')).toContain('rbps=7');
  });
});

describe('the network controllers, which v1 alone has,', () => {
  it('write a class as a number, and a line for each interface that has or had a priority', () => {
    expect(writes('net_cls.classid', 'legacy', 0x100001)).toEqual(['net_cls.classid 1048577']);
    const before = { eth0: 5, eth1: 6 };
    expect(writes('net_prio.ifpriomap', 'legacy', { eth1: 7, lo: 1 }, { before })).toEqual([
      'net_prio.ifpriomap eth0 0',
      'net_prio.ifpriomap eth1 7',
      'net_prio.ifpriomap lo 1',
    ]);
  });

  it('put back the line of that interface', () => {
    const change = { before: {}, after: { eth1: 7 }, all: {} };
    const [write] = filesOf('net_prio.ifpriomap', 'legacy').writes(change, host());
    expect(write?.restore?.('lo 0\neth1 3\neth10 4\n')).toBe('eth1 3');
    expect(write?.restore?.('lo 0\n')).toBe('eth1 0');
  });

  it('are no files where v2 has the hierarchy: a program does it', () => {
    const unified = readLayout(UNIFIED_MOUNTINFO, () => ['cpu', 'memory']);
    for (const limit of ['net_cls.classid', 'net_prio.ifpriomap'] as const) {
      expect(isByProgram(unified, limit)).toBe(true);
      expect(limitsInFiles(unified)).not.toContain(limit);
      expect(() => placeLimit(unified, 'tsmachine', 'web', limit)).toThrow(/v2 has no file/);
    }
  });

  it('lie where they are mounted, beside any other layout', () => {
    const mount = '50 31 0:40 / /sys/fs/cgroup/net_cls,net_prio rw - cgroup cgroup rw,net_cls,net_prio\n';
    const layout = readLayout(UNIFIED_MOUNTINFO + mount, () => ['cpu', 'memory']);
    expect(isByProgram(layout, 'net_cls.classid')).toBe(false);
    expect(placeLimit(layout, 'tsmachine', 'web', 'net_cls.classid').group).toBe(
      '/sys/fs/cgroup/net_cls,net_prio/tsmachine/web',
    );
  });
});

/** As kernels write them: limit, version, texts, meaning. */
describe('what is in force', () => {
  it.each<readonly [FileLimitName, Version, Readonly<Record<string, string>>, LimitValue]>([
    ['memory.max', 'unified', { 'memory.max': 'max\n' }, 'max'],
    ['memory.max', 'legacy', { 'memory.limit_in_bytes': '9223372036854771712\n' }, 'max'],
    ['memory.max', 'legacy', { 'memory.limit_in_bytes': '67108864\n' }, 64 * M],
    ['memory.low', 'legacy', { 'memory.soft_limit_in_bytes': '9223372036854771712\n' }, 0],
    ['memory.oom.group', 'unified', { 'memory.oom.group': '1\n' }, true],
    ['cpu.max', 'unified', { 'cpu.max': 'max 100000\n' }, { quotaUsec: 'max', periodUsec: 100_000 }],
    [
      'cpu.max',
      'legacy',
      { 'cpu.cfs_quota_us': '-1\n', 'cpu.cfs_period_us': '100000\n' },
      { quotaUsec: 'max', periodUsec: 100_000 },
    ],
    ['cpu.weight', 'legacy', { 'cpu.shares': '512\n' }, 50],
    ['cpuset.cpus', 'unified', { 'cpuset.cpus': '\n' }, ''],
    [
      'io.max',
      'unified',
      { 'io.max': '8:0 rbps=1048576 wbps=max riops=max wiops=10\n' },
      { '8:0': { rbps: M, wiops: 10 } },
    ],
    [
      'io.max',
      'legacy',
      {
        'blkio.throttle.read_bps_device': '8:0 1048576\n8:16 5\n',
        'blkio.throttle.write_iops_device': '8:0 10\n',
      },
      { '8:0': { rbps: M, wiops: 10 }, '8:16': { rbps: 5 } },
    ],
    ['net_cls.classid', 'legacy', { 'net_cls.classid': '1048577\n' }, 0x100001],
    ['net_prio.ifpriomap', 'legacy', { 'net_prio.ifpriomap': 'lo 0\neth0 5\ntunl0 0\n' }, { eth0: 5 }],
    [
      'hugetlb.max',
      'unified',
      { 'hugetlb.2MB.max': 'max\n', 'hugetlb.1GB.max': '1073741824\n' },
      { '2MB': 'max', '1GB': 1024 * M },
    ],
  ])('%s in %s', (name, version, texts, meaning) => {
    expect(inForce(name, version, texts)).toEqual(meaning);
  });

  it('is the same where the kernel rounds, or writes a list in another way', () => {
    const same = (name: FileLimitName, set: LimitValue, now: LimitValue) =>
      limitOf(name).same?.(set, now, host()) ?? false;
    expect(same('memory.max', 64 * M + 1, 64 * M)).toBe(true);
    expect(same('memory.max', 64 * M, 128 * M)).toBe(false);
    expect(same('memory.max', 'max', 64 * M)).toBe(false);
    expect(same('cpuset.cpus', '0,1', '0-1')).toBe(true);
    expect(same('cpuset.cpus', '', '0-3')).toBe(true);
    expect(same('cpuset.cpus', '', '')).toBe(true);
    expect(same('cpuset.cpus', '0', '0-1')).toBe(false);
    expect(same('io.max', { '/dev/sda': { rbps: 1 } }, { '8:0': { rbps: 1 } })).toBe(true);
    expect(same('io.max', { '/dev/sda': { rbps: 1 } }, {})).toBe(false);
    expect(same('hugetlb.max', { '2MB': 3 * M }, { '2MB': 2 * M, '1GB': 'max' })).toBe(true);
  });
});

describe('a limit that this host cannot hold to', () => {
  const unified = readLayout(UNIFIED_MOUNTINFO, () => ['cpu', 'memory', 'hugetlb']);

  it.each<readonly [string, FileLimitName, string, RegExp]>([
    ['whose controller is missing', 'pids.max', 'tsmachine', /no pids cgroup controller/],
    [
      'that systemd does not delegate',
      'hugetlb.max',
      'machine.slice/tsmachine.scope',
      /delegates no huge pages/,
    ],
  ])('%s is refused', (_, limit, parent, words) => {
    expect(() => placeLimit(unified, parent, 'web', limit)).toThrow(words);
  });

  it('is refused in v1 with what comes nearest', () => {
    const legacy = readLayout(LEGACY_MOUNTINFO);
    expect(() => placeLimit(legacy, 'tsmachine', 'web', 'memory.high')).toThrow(/use memory\.max/);
  });
});
