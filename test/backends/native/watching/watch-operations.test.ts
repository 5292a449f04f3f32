import { describe, expect, it } from 'vitest';
import type { PressureThresholds } from '../../../../src/backends/limit-news.ts';
import type { CgroupLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import type { PressureSupport } from '../../../../src/backends/native/watching/pressure-support.ts';
import {
  counterFiles,
  stalledUsec,
  takeReadings,
} from '../../../../src/backends/native/watching/readings.ts';
import { watchOperations } from '../../../../src/backends/native/watching/watch-operations.ts';

const unified: CgroupLayout = {
  kind: 'unified',
  unified: '/cg',
  unifiedControllers: ['memory', 'pids'],
  legacy: {},
};
const hybrid: CgroupLayout = {
  kind: 'hybrid',
  unified: '/cg/unified',
  unifiedControllers: [],
  legacy: { memory: '/cg/memory', pids: '/cg/pids' },
};
const legacy: CgroupLayout = { ...hybrid, kind: 'legacy', unified: undefined };
const io: PressureThresholds = { io: { share: 'some', stallUsec: 300_000, windowUsec: 1_000_000 } };

function watched(
  layout: CgroupLayout,
  pressure: PressureThresholds = {},
  support: PressureSupport = 'any-window',
) {
  return watchOperations(layout, 'ours', 'web', pressure, () => support).map(
    ({ operation, arguments: [path, how] }) => `${operation} ${path} ${how ?? ''}`.trim(),
  );
}

describe('what is watched', () => {
  it('on v2 are the events of memory and pids', () => {
    expect(watched(unified)).toEqual([
      'watch-counters /cg/ours/web/memory.events poll',
      'watch-counters /cg/ours/web/memory.events poll',
      'count-file /cg/ours/web/memory.events.local',
      'watch-counters /cg/ours/web/memory.swap.events poll',
      'watch-counters /cg/ours/web/pids.events poll',
    ]);
  });

  it('on v1 is memory.oom_control, by eventfd', () => {
    const expected = [
      'watch-counters /cg/memory/ours/web/memory.oom_control eventfd',
      'count-file /cg/memory/ours/web/memory.failcnt',
      'count-file /cg/memory/ours/web/memory.memsw.failcnt',
      'watch-counters /cg/pids/ours/web/pids.events poll',
    ];
    expect(watched(legacy)).toEqual(expected);
    expect(watched(hybrid)).toEqual(expected);
  });

  it('are huge pages of the sizes that are limited', () => {
    const paths = (layout: CgroupLayout) =>
      watchOperations(layout, 'ours', 'web', {}, () => 'any-window', ['2MB', '1GB']).map(
        ({ operation, arguments: [path] }) => `${operation} ${path}`,
      );
    expect(paths({ ...unified, unifiedControllers: ['hugetlb'] })).toEqual([
      'watch-counters /cg/ours/web/hugetlb.2MB.events',
      'watch-counters /cg/ours/web/hugetlb.1GB.events',
    ]);
    expect(paths({ ...legacy, legacy: { hugetlb: '/cg/hugetlb' } })).toEqual([
      'count-file /cg/hugetlb/ours/web/hugetlb.2MB.failcnt',
      'count-file /cg/hugetlb/ours/web/hugetlb.1GB.failcnt',
    ]);
  });

  it('is nothing where the host has no such controllers', () => {
    expect(watched({ ...unified, unifiedControllers: [] })).toEqual([]);
  });

  it('is pressure in the v2 tree, beside v1 as well', () => {
    expect(watched(hybrid, io)).toContain('watch-pressure /cg/unified/ours/web/io.pressure 10000');
  });

  it.each([
    [legacy, 'any-window', /pressure\.io: this host has no cgroup v2/],
    [unified, 'none', /this kernel does not measure pressure/],
    [unified, 'even-seconds', /windows of 2, 4, 6, 8 and 10 seconds only/],
  ] as const)('is refused where the kernel would not take it (%#)', (layout, support, words) => {
    expect(() => watched(layout, io, support)).toThrow(words);
    expect(() => watched(layout, {}, support)).not.toThrow();
  });
});

describe('readings', () => {
  const texts: Readonly<Record<string, string>> = {
    '/cg/ours/web/memory.events':
      'low 0\nhigh 3\nmax 20\noom 2\noom_kill 4\noom_group_kill 0\nsock_throttled 0\n',
    '/cg/ours/web/memory.events.local': 'low 0\nhigh 0\nmax 9\noom 1\noom_kill 0\noom_group_kill 0\n',
    '/cg/ours/web/memory.swap.events': 'high 0\nmax 6\nfail 8\n',
    '/cg/ours/web/hugetlb.2MB.events': 'max 7\n',
    '/cg/hugetlb/ours/web/hugetlb.2MB.failcnt': '9\n',
    '/cg/memory/ours/web/memory.memsw.failcnt': '12\n',
    '/cg/ours/web/pids.events': 'max 5\n',
    '/cg/memory/ours/web/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 6\n',
    '/cg/memory/ours/web/memory.failcnt': '31\n',
    '/cg/pids/ours/web/pids.events': 'max 2\n',
    '/cg/ours/web/cpu.pressure':
      'some avg10=1.00 avg60=2.00 avg300=3.00 total=77\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n',
  };
  const read = (path: string) => texts[path];

  it('come from the files of each layout', () => {
    expect(takeReadings(counterFiles(unified, 'ours', 'web'), read)).toEqual({
      kills: 4,
      ooms: 2,
      ownOoms: 1,
      'memory.max': 20,
      'memory.high': 3,
      'memory.swap.max': 6,
      'pids.max': 5,
    });
    expect(takeReadings(counterFiles(hybrid, 'ours', 'web'), read)).toEqual({
      kills: 6,
      ooms: undefined,
      ownOoms: undefined,
      'memory.max': 31,
      'memory.high': undefined,
      'memory.swap.max': 12,
      'pids.max': 2,
    });
    const pages = (layout: CgroupLayout) =>
      takeReadings(counterFiles(layout, 'ours', 'web', ['2MB', '1GB']), read);
    expect(pages({ ...unified, unifiedControllers: ['hugetlb'] })).toMatchObject({
      'hugetlb.2MB.max': 7,
      'hugetlb.1GB.max': undefined,
    });
    expect(pages({ ...legacy, legacy: { hugetlb: '/cg/hugetlb' } })).toMatchObject({ 'hugetlb.2MB.max': 9 });
  });

  it('of pressure are the total of their share', () => {
    const files = counterFiles(unified, 'ours', 'web');
    expect(stalledUsec(files, 'cpu', 'some', read)).toBe(77);
    expect(stalledUsec(files, 'cpu', 'full', read)).toBe(5);
    expect(stalledUsec(files, 'io', 'some', read)).toBeUndefined();
  });
});
