import { describe, expect, it } from 'vitest';
import { readLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { placementOperations } from '../../../../src/backends/native/cgroups/placement.ts';
import { OUTSIDE_RANKS } from '../../../../src/backends/native/operations.ts';
import { HYBRID_MOUNTINFO, LEGACY_MOUNTINFO, UNIFIED_MOUNTINFO } from './mountinfo.ts';

const unified = readLayout(UNIFIED_MOUNTINFO, () => ['cpuset', 'cpu', 'memory', 'pids']);
const hybrid = readLayout(HYBRID_MOUNTINFO, () => []);
const legacy = readLayout(LEGACY_MOUNTINFO);
const limits = {
  'memory.max': 67108864,
  'cpu.max': { quotaUsec: 50000, periodUsec: 100000 },
  'pids.max': 100,
} as const;

function lines(...args: Parameters<typeof placementOperations>): readonly string[] {
  return placementOperations(...args).map((one) => [one.operation, ...one.arguments].join(' '));
}

describe('placementOperations', () => {
  it('on v2 enables controllers from the root down, limits, and delegates the machine its own group', () => {
    expect(lines(unified, 'tsmachine', 'web', limits, true)).toEqual([
      'cgroup-write /sys/fs/cgroup/cgroup.subtree_control +cpu +cpuset +memory +pids',
      'cgroup-create /sys/fs/cgroup/tsmachine',
      'cgroup-write /sys/fs/cgroup/tsmachine/cgroup.subtree_control +cpu +cpuset +memory +pids',
      'cgroup-create /sys/fs/cgroup/tsmachine/web',
      'cgroup-write /sys/fs/cgroup/tsmachine/web/cgroup.max.depth 64',
      'cgroup-write /sys/fs/cgroup/tsmachine/web/cgroup.max.descendants 10000',
      'cgroup-write /sys/fs/cgroup/tsmachine/web/memory.max 67108864',
      'cgroup-write /sys/fs/cgroup/tsmachine/web/cpu.max 50000 100000',
      'cgroup-write /sys/fs/cgroup/tsmachine/web/pids.max 100',
      'cgroup-monitor /sys/fs/cgroup/tsmachine/monitors',
      'cgroup-payload /sys/fs/cgroup/tsmachine/web unified',
      'cgroup-kill /sys/fs/cgroup/tsmachine/web',
      'cgroup-delegate /sys/fs/cgroup/tsmachine/web cgroup.procs cgroup.threads cgroup.subtree_control memory.oom.group',
    ]);
  });

  it('on a hybrid host limits through v1 and kills through v2, and enables nothing', () => {
    const found = lines(hybrid, 'tsmachine', 'web', limits, true);
    expect(found.filter((line) => line.startsWith('cgroup-write'))).toEqual([
      'cgroup-write /sys/fs/cgroup/unified/tsmachine/web/cgroup.max.depth 64',
      'cgroup-write /sys/fs/cgroup/unified/tsmachine/web/cgroup.max.descendants 10000',
      'cgroup-write /sys/fs/cgroup/memory/tsmachine/web/memory.limit_in_bytes 67108864',
      'cgroup-write /sys/fs/cgroup/cpu/tsmachine/web/cpu.cfs_period_us 100000',
      'cgroup-write /sys/fs/cgroup/cpu/tsmachine/web/cpu.cfs_quota_us 50000',
      'cgroup-write /sys/fs/cgroup/pids/tsmachine/web/pids.max 100',
    ]);
    expect(found.filter((line) => line.startsWith('cgroup-payload'))).toEqual([
      'cgroup-payload /sys/fs/cgroup/unified/tsmachine/web unified',
      'cgroup-payload /sys/fs/cgroup/memory/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/cpu/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/pids/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/cpuacct/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/devices/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/freezer/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/systemd/tsmachine/web legacy',
    ]);
    expect(found).toContain('cgroup-kill /sys/fs/cgroup/unified/tsmachine/web');
  });

  it('on v1 uses each mount point once, and the freezer, and delegates nothing', () => {
    const found = lines(legacy, 'tsmachine', 'web', {}, true);
    expect(found.filter((line) => line.startsWith('cgroup-payload'))).toEqual([
      'cgroup-payload /sys/fs/cgroup/memory/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/cpu,cpuacct/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/pids/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/freezer/tsmachine/web legacy',
      'cgroup-payload /sys/fs/cgroup/systemd/tsmachine/web legacy',
    ]);
    expect(found.some((line) => /^cgroup-(kill|delegate)/.test(line))).toBe(false);
  });

  it('places a machine in every v1 hierarchy, used or not, and the monitors only where it matters', () => {
    const found = lines(hybrid, 'tsmachine', 'web', {}, true);
    const mounts = [...Object.values(hybrid.legacy), ...Object.values(hybrid.named ?? {})];
    for (const mount of mounts) expect(found).toContain(`cgroup-payload ${mount}/tsmachine/web legacy`);
    expect(found.filter((line) => line.startsWith('cgroup-monitor'))).toEqual([
      'cgroup-monitor /sys/fs/cgroup/unified/tsmachine/monitors',
      'cgroup-monitor /sys/fs/cgroup/memory/tsmachine/monitors',
      'cgroup-monitor /sys/fs/cgroup/cpu/tsmachine/monitors',
      'cgroup-monitor /sys/fs/cgroup/pids/tsmachine/monitors',
    ]);
  });

  it('gives new cpuset groups of v1 what the root has, before a process joins', () => {
    const mountinfo = '40 31 0:35 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n';
    const layout = readLayout(
      mountinfo,
      () => [],
      () => ({ cpus: '0-3', mems: '0' }),
    );
    expect(lines(layout, 'tsmachine', 'web', {}, true)).toEqual([
      'cgroup-create /sys/fs/cgroup/cpuset/tsmachine',
      'cgroup-write /sys/fs/cgroup/cpuset/tsmachine/cpuset.cpus 0-3',
      'cgroup-write /sys/fs/cgroup/cpuset/tsmachine/cpuset.mems 0',
      'cgroup-create /sys/fs/cgroup/cpuset/tsmachine/web',
      'cgroup-write /sys/fs/cgroup/cpuset/tsmachine/web/cpuset.cpus 0-3',
      'cgroup-write /sys/fs/cgroup/cpuset/tsmachine/web/cpuset.mems 0',
      'cgroup-payload /sys/fs/cgroup/cpuset/tsmachine/web legacy',
    ]);
  });

  it('makes the slice and the scope in all v1 hierarchies: systemd does so only in some', () => {
    const found = lines(hybrid, 'machine.slice/tsmachine.scope', 'web', {}, true);
    for (const mount of ['freezer', 'devices', 'memory', 'systemd']) {
      expect(found).toContain(`cgroup-create /sys/fs/cgroup/${mount}/machine.slice`);
      expect(found).toContain(`cgroup-create /sys/fs/cgroup/${mount}/machine.slice/tsmachine.scope`);
    }
  });

  it('takes the monitor out of the unit that it was started from, also where systemd counts on v1', () => {
    const monitors = 'cgroup-monitor /sys/fs/cgroup/systemd/machine.slice/tsmachine.scope/monitors';
    for (const layout of [hybrid, legacy])
      expect(lines(layout, 'machine.slice/tsmachine.scope', 'web', {}, true)).toContain(monitors);
  });

  it('makes every group after its parent, and never sorts a rank behind a later one', () => {
    for (const layout of [unified, hybrid, legacy]) {
      const operations = placementOperations(layout, 'a/b/c', 'web', limits, true);
      const made = operations
        .filter((one) => one.operation === 'cgroup-create')
        .map((one) => one.arguments[0]);
      const deep = made.filter((path) => path?.endsWith('/a/b/c/web'));
      expect(deep.length).toBeGreaterThan(0);
      for (const path of deep) {
        const parent = path?.slice(0, -'/web'.length);
        expect(made.indexOf(parent)).toBeGreaterThanOrEqual(0);
        expect(made.indexOf(parent)).toBeLessThan(made.indexOf(path));
      }
      const ranks = operations.map((one) => OUTSIDE_RANKS[one.operation as keyof typeof OUTSIDE_RANKS]);
      expect(ranks).toEqual([...ranks].sort());
    }
  });

  it('leaves the root and the slices of systemd alone, and begins in the scope delegated to us', () => {
    const found = lines(unified, 'machine.slice/tsmachine.scope', 'web', {}, true);
    expect(found.slice(0, 3)).toEqual([
      'cgroup-create /sys/fs/cgroup/machine.slice/tsmachine.scope',
      'cgroup-write /sys/fs/cgroup/machine.slice/tsmachine.scope/cgroup.subtree_control +cpu +cpuset +memory +pids',
      'cgroup-create /sys/fs/cgroup/machine.slice/tsmachine.scope/web',
    ]);
  });

  it('delegates nothing to a privileged machine: its root is the host’s', () => {
    expect(
      lines(unified, 'tsmachine', 'web', {}, false).some((line) => line.startsWith('cgroup-delegate')),
    ).toBe(false);
  });

  it('writes max as each kernel understands it', () => {
    const none = {
      'memory.max': 'max',
      'cpu.max': { quotaUsec: 'max', periodUsec: 100000 },
      'pids.max': 'max',
    } as const;
    const values = (layout: typeof unified) =>
      placementOperations(layout, 'p', 'web', none, true)
        .filter(
          (one) => one.operation === 'cgroup-write' && /\/web\/(?!cgroup\.max)/.test(one.arguments[0] ?? ''),
        )
        .map((one) => one.arguments[1]);
    expect(values(unified)).toEqual(['max', 'max 100000', 'max']);
    expect(values(hybrid)).toEqual(['-1', '100000', '-1', 'max']);
  });

  it('refuses a limit whose controller the host lacks, by name', () => {
    const bare = readLayout(UNIFIED_MOUNTINFO, () => ['pids']);
    expect(() => placementOperations(bare, 'p', 'web', { 'memory.max': 1 }, true)).toThrow(
      /memory\.max: this host has no memory cgroup controller/,
    );
  });
});
