/** What is read of a group on each kernel and layout, from files as those kernels write them (recorded/README.md). */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Addon, addonBeside } from '../../../../../src/backends/native/addon.ts';
import type { CgroupLayout } from '../../../../../src/backends/native/cgroups/layout.ts';
import { COUNTER, type Counter } from '../../../../../src/backends/native/cgroups/sampling/counters.ts';
import {
  closeGroup,
  openGroup,
  openGroupWithNetwork,
  readGroup,
} from '../../../../../src/backends/native/cgroups/sampling/group-reading.ts';
import { groupUsage } from '../../../../../src/backends/native/cgroups/sampling/group-usage.ts';
import {
  createReading,
  type Reading,
} from '../../../../../src/backends/native/cgroups/sampling/kept-file.ts';
import { type Looks, looksByNode } from '../../../../../src/backends/native/cgroups/sampling/looks.ts';
import { createOneLook, saysAtOnce } from '../../../../../src/backends/native/cgroups/sampling/one-look.ts';
import type { GroupReading } from '../../../../../src/backends/native/cgroups/sampling/source-reading.ts';
import { sourcesOf } from '../../../../../src/backends/native/cgroups/sampling/sources.ts';
import { builtHelper } from '../../../../setup/run-cli.ts';

const ALL = ['cpu', 'memory', 'io', 'pids'];

function recordedLayout(folder: string): CgroupLayout {
  const at = (hierarchy: string) => join(import.meta.dirname, 'recorded', folder, hierarchy);
  const controllers = ['memory', 'cpu', 'cpuacct', 'pids', 'blkio', 'freezer'];
  const legacy = controllers.filter((name) => existsSync(at(name))).map((name) => [name, at(name)] as const);
  const unified = existsSync(at('unified')) ? at('unified') : undefined;
  return {
    kind: legacy.length === 0 ? 'unified' : unified === undefined ? 'legacy' : 'hybrid',
    unified,
    unifiedControllers: legacy.length === 0 ? ALL : ['hugetlb'],
    legacy: Object.fromEntries(legacy),
  };
}

function layoutOf(legacy: CgroupLayout['legacy']): CgroupLayout {
  return { kind: 'legacy', unified: undefined, unifiedControllers: [], legacy };
}

function readRecorded(folder: string, reading: Reading = createReading()): Readonly<Record<Counter, number>> {
  const group = openGroup('web', sourcesOf(recordedLayout(folder)));
  expect(readGroup(group, reading, 1)).toBe(true);
  closeGroup(group, reading);
  return group.now as unknown as Readonly<Record<Counter, number>>;
}

const { NaN: none, POSITIVE_INFINITY: max } = Number;

describe('what a group says', () => {
  it('on Linux 6.18 with v1 controllers beside v2', () => {
    const now = readRecorded('linux-6.18-hybrid');
    expect(now[COUNTER.populated]).toBe(1);
    expect(now[COUNTER.frozen]).toBe(0);
    expect(now[COUNTER.cpuUsec]).toBeGreaterThan(1_000_000);
    expect(now[COUNTER.throttledUsec]).toBeCloseTo(1_890_199.541, 3);
    expect(now[COUNTER.quotaUsec]).toBe(50_000);
    expect(now[COUNTER.periodUsec]).toBe(100_000);
    expect(now[COUNTER.memory]).toBeGreaterThan(20_000_000);
    expect(now[COUNTER.memoryMax]).toBe(25_165_824);
    expect(now[COUNTER.memoryHigh]).toBe(none);
    expect(now[COUNTER.anon]).toBeGreaterThan(0);
    expect(now[COUNTER.file]).toBeGreaterThan(20_000_000);
    expect(now[COUNTER.refaults]).toBeGreaterThan(1000);
    expect(now[COUNTER.swap]).toBe(0);
    expect(now[COUNTER.memoryAndSwapMax]).toBe(max);
    expect(now[COUNTER.rbytes]).toBe(251_328_512);
    expect(now[COUNTER.wbytes]).toBe(18_350_080);
    expect(now[COUNTER.rios]).toBe(218);
    expect(now[COUNTER.wios]).toBe(205);
    expect(now[COUNTER.tasks]).toBe(4);
    expect(now[COUNTER.tasksMax]).toBe(100);
    for (const counter of [COUNTER.cpuSome, COUNTER.cpuFull, COUNTER.memorySome, COUNTER.ioFull]) {
      expect(now[counter]).toBeGreaterThan(1000);
    }
  });

  it('on Linux 6.1 with v2 alone', () => {
    const now = readRecorded('linux-6.1-unified');
    expect(now[COUNTER.cpuUsec]).toBeGreaterThan(100_000);
    expect(now[COUNTER.throttledUsec]).toBeGreaterThan(0);
    expect(now[COUNTER.quotaUsec]).toBe(50_000);
    expect(now[COUNTER.memory]).toBe(25_100_288);
    expect(now[COUNTER.memoryMax]).toBe(25_165_824);
    expect(now[COUNTER.memoryHigh]).toBe(max);
    expect(now[COUNTER.anon]).toBe(458_752);
    expect(now[COUNTER.file]).toBe(24_150_016);
    expect(now[COUNTER.refaults]).toBe(36_061);
    expect(now[COUNTER.swap]).toBe(0);
    expect(now[COUNTER.swapMax]).toBe(max);
    expect(now[COUNTER.rbytes]).toBe(158_638_080);
    expect(now[COUNTER.wios]).toBe(163);
    expect(now[COUNTER.tasks]).toBe(3);
    expect(now[COUNTER.tasksMax]).toBe(100);
    expect(now[COUNTER.memorySome]).toBe(686_995);
    expect(now[COUNTER.cpuFull]).toBeGreaterThan(0);
  });

  it('on Linux 5.10 with v2 alone: no full pressure of the processor, refaults summed, disks summed', () => {
    const now = readRecorded('linux-5.10-unified');
    expect(now[COUNTER.cpuSome]).toBe(1_824_773);
    expect(now[COUNTER.cpuFull]).toBe(none);
    expect(now[COUNTER.memoryFull]).toBe(686_990);
    expect(now[COUNTER.refaults]).toBe(36_078);
    expect(now[COUNTER.rbytes]).toBe(158_642_176);
    expect(now[COUNTER.rios]).toBe(624);
    expect(now[COUNTER.swap]).toBe(4096);
  });

  it('on Linux 4.19 with v2 alone: no pressure, and nothing about freezing', () => {
    const now = readRecorded('linux-4.19-unified');
    for (const counter of [COUNTER.cpuSome, COUNTER.memoryFull, COUNTER.ioSome, COUNTER.frozen]) {
      expect(now[counter]).toBe(none);
    }
    expect(now[COUNTER.refaults]).toBe(36_061);
    expect(now[COUNTER.quotaUsec]).toBe(max);
    expect(now[COUNTER.tasksMax]).toBe(max);
    expect(now[COUNTER.cpuUsec]).toBe(2_160_276);
  });

  it('on Linux 4.19 with v1 alone: nanoseconds are microseconds, groups below are counted, -1 and 2^63 are no limit', () => {
    const now = readRecorded('linux-4.19-legacy');
    expect(now[COUNTER.cpuUsec]).toBeCloseTo(2_160_276.123, 3);
    expect(now[COUNTER.throttledUsec]).toBeCloseTo(2_135_646.001, 3);
    expect(now[COUNTER.quotaUsec]).toBe(max);
    expect(now[COUNTER.frozen]).toBe(1);
    expect(now[COUNTER.memoryMax]).toBe(max);
    expect(now[COUNTER.anon]).toBe(462_848);
    expect(now[COUNTER.file]).toBe(24_154_112);
    expect(now[COUNTER.swap]).toBe(8192);
    expect(now[COUNTER.refaults]).toBe(none);
    expect(now[COUNTER.rbytes]).toBe(90_434_560);
    expect(now[COUNTER.wbytes]).toBe(299_008_000);
    expect(now[COUNTER.wios]).toBe(1252);
    expect(now[COUNTER.populated]).toBe(none);
  });

  it('of its network is the sum of all interfaces but the loopback', () => {
    const reading = createReading();
    const group = openGroupWithNetwork(
      'nothing',
      [],
      'self' as unknown as number,
      join(import.meta.dirname, 'recorded/linux-6.18-hybrid/proc'),
    );
    readGroup(group, reading, 1);
    expect(group.now[COUNTER.rxBytes]).toBe(1032);
    expect(group.now[COUNTER.txBytes]).toBe(1032);
  });

  it('of its network is nothing where there is a loopback alone', () => {
    const reading = createReading();
    const group = openGroupWithNetwork(
      'nothing',
      [],
      'self' as unknown as number,
      join(import.meta.dirname, 'recorded/linux-6.1-unified/proc'),
    );
    readGroup(group, reading, 1);
    expect(group.now[COUNTER.rxBytes]).toBe(none);
  });
});

describe('disk I/O where v1 counts it', () => {
  let root: string;
  let group: GroupReading;
  const reading = createReading();
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'disks-'));
    mkdirSync(join(root, 'web'));
    group = openGroup('web', sourcesOf(layoutOf({ blkio: root })));
  });
  afterEach(() => {
    closeGroup(group, reading);
    rmSync(root, { recursive: true });
  });

  /** By disk: what was read and written. */
  const write = (file: string, disks: Readonly<Record<string, readonly [number, number]>>) => {
    const lines = Object.entries(disks).map(([disk, [read, written]]) => {
      const sum = read + written;
      return `${disk} Read ${read}\n${disk} Write ${written}\n${disk} Sync ${sum}\n${disk} Total ${sum}\n`;
    });
    writeFileSync(join(root, 'web', file), `${lines.join('')}Total 0\n`);
  };
  const throttled = 'blkio.throttle.io_service_bytes_recursive';
  const scheduled = 'blkio.bfq.io_service_bytes_recursive';
  const look = (at: number) => {
    readGroup(group, reading, at);
    return [group.now[COUNTER.rbytes], group.now[COUNTER.wbytes]];
  };

  it('is what throttling counted where that counts', () => {
    write(throttled, { '8:0': [10, 20], '8:16': [1, 2] });
    write(scheduled, {});
    expect(look(1)).toEqual([11, 22]);
  });

  it('is what BFQ counted where throttling does not', () => {
    write(throttled, {});
    write(scheduled, { '8:0': [10, 20] });
    expect(look(1)).toEqual([10, 20]);
    write(scheduled, { '8:0': [110, 20] });
    look(3);
    expect(group.rates[COUNTER.rbytes]).toBe(50);
  });

  it('of a disk that both count is the larger number, and disks of one alone are added', () => {
    write(throttled, { '8:0': [10, 50], '8:16': [1, 1] });
    write(scheduled, { '8:0': [30, 20], '8:1': [5, 5] });
    expect(look(1)).toEqual([36, 56]);
  });

  it('is what BFQ counted where the kernel has no throttling, and what throttling counted where it has no BFQ', () => {
    write(scheduled, { '8:0': [10, 20] });
    expect(look(1)).toEqual([10, 20]);
    rmSync(join(root, 'web', scheduled));
    closeGroup(group, reading);
    group = openGroup('web', group.sources);
    write('blkio.throttle.io_service_bytes', { '8:0': [3, 4] });
    expect(look(1)).toEqual([3, 4]);
  });

  it('is unknown, not nothing, where nobody counts', () => {
    write(throttled, {});
    write(scheduled, {});
    expect(look(1)).toEqual([none, none]);
    expect(groupUsage(group.now, group.rates).io.rbps).toBeNull();
  });

  it('is read from files that stay open, and are closed with their group', () => {
    write(throttled, { '8:0': [1, 2] });
    write(scheduled, { '8:0': [1, 2] });
    const before = reading.spare;
    look(1);
    expect(reading.spare).toBe(before - 2);
    closeGroup(group, reading);
    expect(reading.spare).toBe(before);
  });
});

describe('one look at a group', () => {
  const folders = readdirSync(join(import.meta.dirname, 'recorded')).filter((name) =>
    name.startsWith('linux'),
  );
  const looks: readonly (readonly [string, Looks])[] = [
    ['the addon', addonBeside(builtHelper) as Addon],
    ['Node', looksByNode],
  ];
  const cases = looks.flatMap(([name, by]) => folders.map((folder) => [folder, name, by] as const));

  const noneBefore = () => undefined;

  /** What each group says, and which files were asked for. */
  function lookAt(layout: CgroupLayout, groups: readonly string[], by: Looks, rates = false) {
    const files: string[] = [];
    const told = new Map<string, readonly number[]>();
    const counting: Looks = {
      ...by,
      read: (...given) => {
        files.push(given[2]);
        return by.read(...given);
      },
    };
    const sources = sourcesOf(layout).filter((source) => rates || saysAtOnce(source));
    createOneLook(sources, counting, noneBefore).at(groups, ({ group, counters }) => {
      told.set(group, [...counters]);
    });
    return { files, told };
  }

  it.each(cases)('says what readGroup does, rates apart, on %s, by %s', (folder, _, by) => {
    const layout = recordedLayout(folder);
    const { told } = lookAt(layout, ['gone', 'web'], by);
    expect([...told.keys()]).toEqual(['web']);
    const all = readRecorded(folder) as unknown as readonly number[];
    const atOnce = new Set(
      sourcesOf(layout)
        .filter(saysAtOnce)
        .flatMap(({ format }) => format.counters),
    );
    const expected = [...all].map((value, counter) => (atOnce.has(counter) ? value : none));
    expect(told.get('web')).toEqual(expected);
  });

  it.each(cases)('that is the first of a few says all that readGroup does, on %s, by %s', (folder, _, by) => {
    const { told } = lookAt(recordedLayout(folder), ['gone', 'web'], by, true);
    expect(told.get('web')).toEqual([...(readRecorded(folder) as unknown as readonly number[])]);
  });

  it("takes another kernel's file where the first is not there, and reads behind it what counts beside it", () => {
    const root = mkdtempSync(join(tmpdir(), 'disks-'));
    const disk = (number: number, read: number) =>
      `8:${number} Read ${read}\n8:${number} Write 1\nTotal ${read + 1}\n`;
    for (const [group, file] of [
      ['old', 'blkio.throttle.io_service_bytes'],
      ['new', 'blkio.throttle.io_service_bytes_recursive'],
    ] as const) {
      mkdirSync(join(root, group));
      writeFileSync(join(root, group, file), disk(0, 100));
      writeFileSync(join(root, group, 'blkio.bfq.io_service_bytes_recursive'), disk(16, 50));
    }
    const { told } = lookAt(layoutOf({ blkio: root }), ['old', 'new'], looksByNode, true);
    rmSync(root, { recursive: true });
    expect([...told].map(([group, now]) => [group, now[COUNTER.rbytes]])).toEqual([
      ['old', 150],
      ['new', 150],
    ]);
  });

  it('goes on after as many as share a buffer', () => {
    const names = Array.from({ length: 200 }, (_, index) => (index % 100 === 99 ? 'web' : `gone${index}`));
    let count = 0;
    const layout = recordedLayout('linux-6.1-unified');
    createOneLook(sourcesOf(layout).filter(saysAtOnce), looksByNode, noneBefore).at(names, () => {
      count += 1;
    });
    expect(count).toBe(2);
  });

  it('reads no limits of v1 where the group and all above have none', () => {
    expect(lookAt(recordedLayout('linux-6.18-hybrid'), ['web'], looksByNode).files).toEqual(
      expect.arrayContaining(['memory.limit_in_bytes', 'cpu.cfs_period_us']),
    );
    const { files } = lookAt(recordedLayout('linux-4.19-legacy'), ['web'], looksByNode);
    expect(files).toContain('cpu.cfs_quota_us');
    for (const file of ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes', 'cpu.cfs_period_us']) {
      expect(files).not.toContain(file);
    }
  });

  it('asks a group in which nothing is left for no more than that', () => {
    const root = mkdtempSync(join(tmpdir(), 'nothing-'));
    mkdirSync(join(root, 'web'));
    writeFileSync(join(root, 'web', 'cgroup.events'), 'populated 0\nfrozen 1\n');
    writeFileSync(join(root, 'web', 'memory.current'), '0\n');
    const layout = { ...layoutOf({}), unified: root, unifiedControllers: ALL };
    const { files, told } = lookAt(layout, ['web'], looksByNode);
    rmSync(root, { recursive: true });
    expect(files).toEqual(['cgroup.events', 'memory.current']);
    const now = told.get('web') ?? [];
    expect([now[COUNTER.frozen], now[COUNTER.memory], now[COUNTER.tasks]]).toEqual([1, 0, 0]);
  });
});

describe('the table of sources', () => {
  it.each(['linux-6.18-hybrid', 'linux-6.1-unified', 'linux-4.19-legacy'])(
    'has one file for each number, on %s: two would undo each other',
    (folder) => {
      const counters = sourcesOf(recordedLayout(folder)).flatMap(({ format }) => format.counters);
      expect([...counters].sort()).toEqual([...new Set(counters)].sort());
    },
  );

  it('asks first whether the group lives and has moved', () => {
    const [first, second, third] = sourcesOf(recordedLayout('linux-6.1-unified')).map(
      ({ files }) => files[0],
    );
    expect([first, second, third]).toEqual(['cgroup.events', 'cpu.stat', 'memory.current']);
  });
});
