/** How files that change between two looks become rates; the group is a folder of ordinary files. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CgroupLayout } from '../../../../../src/backends/native/cgroups/layout.ts';
import { COUNTER } from '../../../../../src/backends/native/cgroups/sampling/counters.ts';
import {
  openGroup,
  openGroupWithNetwork,
  readGroup,
} from '../../../../../src/backends/native/cgroups/sampling/group-reading.ts';
import { groupUsage } from '../../../../../src/backends/native/cgroups/sampling/group-usage.ts';
import {
  closeKept,
  createReading,
  type Reading,
  readKept,
} from '../../../../../src/backends/native/cgroups/sampling/kept-file.ts';
import type { GroupReading } from '../../../../../src/backends/native/cgroups/sampling/source-reading.ts';
import { type Source, sourcesOf } from '../../../../../src/backends/native/cgroups/sampling/sources.ts';
import type { GroupUsage } from '../../../../../src/backends/usage.ts';

let root: string;
let group: GroupReading;
let reading: Reading;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sampling-'));
  mkdirSync(join(root, 'web'));
  const layout: CgroupLayout = {
    kind: 'unified',
    unified: root,
    unifiedControllers: ['cpu', 'memory', 'io', 'pids'],
    legacy: {},
  };
  reading = createReading();
  group = openGroup('web', sourcesOf(layout));
  write('cgroup.events', 'populated 1\nfrozen 0\n');
  writeCpu(1_000_000, 0);
  write('memory.current', '1000\n');
  write('pids.current', '3\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(join(root, 'web', file), text);
}

function writeCpu(usage: number, throttled: number): void {
  write('cpu.stat', `usage_usec ${usage}\nthrottled_usec ${throttled}\n`);
}

function look(at: number): GroupUsage {
  expect(readGroup(group, reading, at)).toBe(true);
  return groupUsage(group.now, group.rates);
}

describe('rates', () => {
  it('are null in the first sample, and over the true interval in the second', () => {
    expect(look(10).cpu.cores).toBeNull();
    writeCpu(1_600_000, 200_000);
    const { cpu } = look(10.4);
    expect(cpu.cores).toBeCloseTo(1.5);
    expect(cpu.throttledSeconds).toBeCloseTo(0.5);
    expect(cpu.throttledShare).toBeCloseTo(0.25);
  });

  it('are null when a counter began anew, never negative', () => {
    look(10);
    writeCpu(5, 0);
    expect(look(11).cpu.cores).toBeNull();
    writeCpu(1_000_005, 0);
    expect(look(12).cpu.cores).toBeCloseTo(1);
  });

  it('of what waits are shares that never pass one, though clocks differ', () => {
    write('io.pressure', 'some avg10=0 avg60=0 avg300=0 total=100\nfull avg10=0 avg60=0 avg300=0 total=0\n');
    look(10);
    write(
      'io.pressure',
      'some avg10=0 avg60=0 avg300=0 total=1000200\nfull avg10=0 avg60=0 avg300=0 total=250000\n',
    );
    expect(look(11).pressure.io).toEqual({ some: 1, full: 0.25 });
  });

  it('are zero, not what they were, for a group that stood still', () => {
    write('memory.stat', 'anon 100\nfile 50\nworkingset_refault_file 1000\n');
    look(10);
    writeCpu(1_500_000, 0);
    write('memory.stat', 'anon 200\nfile 50\nworkingset_refault_file 3000\n');
    expect(look(11).memory).toMatchObject({ refaults: 2000, anonBytes: 200 });
    expect(look(12).memory).toMatchObject({ refaults: 0, anonBytes: 200 });
  });
});

describe('a group that used no processor and no memory since', () => {
  it('is not asked for what cannot have changed, but after five seconds it is', () => {
    write('memory.max', 'max\n');
    look(10);
    write('memory.max', '4096\n');
    expect(look(12).memory.limitBytes).toBe('max');
    expect(look(15.1).memory.limitBytes).toBe(4096);
  });

  it('is asked as soon as its memory changes', () => {
    write('memory.stat', 'anon 100\nfile 0\n');
    look(10);
    write('memory.stat', 'anon 300\nfile 0\n');
    expect(look(11).memory.anonBytes).toBe(100);
    write('memory.current', '1200\n');
    expect(look(12).memory.anonBytes).toBe(300);
  });
});

describe('a group that stands still', () => {
  const waiting = (total: number) =>
    write(
      'io.pressure',
      `some avg10=0 avg60=0 avg300=0 total=${total}\nfull avg10=0 avg60=0 avg300=0 total=0\n`,
    );

  it('is asked every other second whether it waits, and that is a share of the time since it was asked', () => {
    waiting(0);
    look(10);
    look(11);
    waiting(500_000);
    expect(look(12).pressure.io.some).toBe(0);
    expect(look(13).pressure.io.some).toBe(0.25);
    waiting(1_500_000);
    expect(look(14).pressure.io.some).toBe(1);
  });

  it('is asked at once when it moves', () => {
    waiting(0);
    look(10);
    look(11);
    waiting(500_000);
    writeCpu(1_100_000, 0);
    expect(look(12).pressure.io.some).toBe(0.5);
  });
});

describe('a group that has stood still for five seconds', () => {
  const settled = () => {
    write('memory.stat', 'anon 100\nfile 0\nworkingset_refault_file 1000\n');
    for (const at of [10, 11, 12, 13, 14, 15]) look(at);
  };

  it('is asked for its processor time alone, and for all again in the third second', () => {
    settled();
    write('memory.current', '500\n');
    write('pids.current', '4\n');
    for (const at of [16, 17]) {
      expect(look(at)).toMatchObject({ memory: { bytes: 1000 }, tasks: { count: 3 }, cpu: { cores: 0 } });
    }
    expect(look(18)).toMatchObject({ memory: { bytes: 500 }, tasks: { count: 4 } });
  });

  it('is asked for all in every fifth second alone once it has stood still for half a minute', () => {
    for (let at = 10; at <= 42; at += 1) look(at);
    write('memory.current', '500\n');
    for (const at of [43, 44, 45, 46]) expect(look(at).memory.bytes).toBe(1000);
    expect(look(47).memory.bytes).toBe(500);
  });

  it('is asked for all as soon as it uses processor time, and what it did then is of the time since it stood still', () => {
    settled();
    look(16);
    writeCpu(1_500_000, 0);
    write('cgroup.events', 'populated 1\nfrozen 1\n');
    write('memory.current', '1500\n');
    write('memory.stat', 'anon 600\nfile 0\nworkingset_refault_file 3000\n');
    expect(look(17)).toMatchObject({
      cpu: { cores: 0.5 },
      memory: { bytes: 1500, anonBytes: 600, refaults: 2000 },
    });
    expect(group.now[COUNTER.frozen]).toBe(1);
  });

  it('without processes is asked whether some came, and who came is counted from then on', () => {
    look(9.9);
    write('cgroup.events', 'populated 0\nfrozen 0\n');
    settled();
    look(16);
    write('cgroup.events', 'populated 1\nfrozen 0\n');
    expect(look(17).tasks.count).toBe(3);
    writeCpu(1_500_000, 0);
    expect(look(18).cpu.cores).toBeCloseTo(0.5);
  });

  it('is asked for its packets as before: also who sleeps gets some', () => {
    const packets = (received: number) => {
      mkdirSync(join(root, '7/net'), { recursive: true });
      writeFileSync(join(root, '7/net/dev'), `\n\n eth0: ${received} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`);
    };
    packets(0);
    group = openGroupWithNetwork('web', group.sources as readonly Source[], 7, root);
    settled();
    packets(1000);
    const seen = [16, 17, 18, 19, 20, 21].map((at) => look(at).network.rxBytes);
    expect(Math.max(...seen.map((rate) => rate ?? 0))).toBe(200);
  });

  it('has gone when its files have', () => {
    settled();
    rmSync(join(root, 'web'), { recursive: true });
    for (const kept of group.files) if (kept !== undefined) closeKept(kept, reading);
    expect(readGroup(group, reading, 16)).toBe(false);
  });
});

describe('a group without processes', () => {
  it('has no tasks, and what else it has is not made up', () => {
    write('cgroup.events', 'populated 0\nfrozen 0\n');
    write('memory.current', '0\n');
    const usage = look(10);
    expect(usage.tasks.count).toBe(0);
    expect(usage.memory.bytes).toBe(0);
    expect(usage.cpu.cores).toBeNull();
    expect(usage.io.rbps).toBeNull();
  });

  it('uses nothing from the moment on that its last one ended', () => {
    look(10);
    writeCpu(2_000_000, 0);
    expect(look(11).cpu.cores).toBeCloseTo(1);
    write('cgroup.events', 'populated 0\nfrozen 0\n');
    expect(look(12)).toMatchObject({ cpu: { cores: 0 }, tasks: { count: 0 } });
  });
});

describe('files that are not there', () => {
  it('are null, and seen when they come: a controller that is enabled later', () => {
    expect(look(10).memory.limitBytes).toBeNull();
    write('memory.max', '4096\n');
    expect(look(15.5).memory.limitBytes).toBe(4096);
  });

  it('all of them, are a group that has gone', () => {
    look(10);
    expect(
      readGroup(
        openGroup('gone', sourcesOf({ kind: 'unified', unified: root, unifiedControllers: [], legacy: {} })),
        reading,
        11,
      ),
    ).toBe(false);
  });
});

describe('files', () => {
  it('are closed at once where nothing is read again', () => {
    const before = readdirSync('/proc/self/fd').length;
    reading = createReading('/proc', false);
    look(10);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  it('stay open, and no more of them than may', () => {
    const few: Reading = { buffer: Buffer.alloc(64), spare: 1 };
    const first = { path: join(root, 'web/memory.current'), fd: undefined };
    const second = { path: join(root, 'web/pids.current'), fd: undefined };
    expect(readKept(first, few)).toBe(5);
    expect(readKept(second, few)).toBe(2);
    expect(first.fd).toBeDefined();
    expect(second.fd).toBeUndefined();
    expect(readKept(second, few)).toBe(2);
    expect(few.spare).toBe(0);
  });
});
