import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CgroupLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { readUsage } from '../../../../src/backends/native/cgroups/readings.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'readings-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function record(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

// As a 6.1 kernel writes it.
const CPU_STAT = `usage_usec 1234567
user_usec 1000000
system_usec 234567
core_sched.force_idle_usec 0
nr_periods 0
nr_throttled 0
throttled_usec 0
nr_bursts 0
burst_usec 0
`;

describe('readUsage', () => {
  it('reads v2 files', () => {
    const layout: CgroupLayout = {
      kind: 'unified',
      unified: root,
      unifiedControllers: ['cpu', 'memory', 'pids'],
      legacy: {},
    };
    record('ours/web/memory.current', '4096000\n');
    record('ours/web/cpu.stat', CPU_STAT);
    record('ours/web/pids.current', '12\n');
    expect(readUsage(layout, 'ours', 'web')).toEqual({ memoryBytes: 4096000, cpuUsec: 1234567, tasks: 12 });
  });

  it('reads v1 files, and gives nanoseconds as microseconds', () => {
    const layout: CgroupLayout = {
      kind: 'legacy',
      unified: undefined,
      unifiedControllers: [],
      legacy: { memory: `${root}/memory`, cpuacct: `${root}/cpu,cpuacct`, pids: `${root}/pids` },
    };
    record('memory/ours/web/memory.usage_in_bytes', '8192\n');
    record('cpu,cpuacct/ours/web/cpuacct.usage', '1234567890\n');
    record('pids/ours/web/pids.current', '3\n');
    expect(readUsage(layout, 'ours', 'web')).toEqual({ memoryBytes: 8192, cpuUsec: 1234567, tasks: 3 });
  });

  it('on a hybrid host reads the time from v2, where no controller is needed for it', () => {
    const layout: CgroupLayout = {
      kind: 'hybrid',
      unified: `${root}/unified`,
      unifiedControllers: [],
      legacy: { memory: `${root}/memory` },
    };
    record('memory/ours/web/memory.usage_in_bytes', '8192\n');
    record('unified/ours/web/cpu.stat', 'usage_usec 77\nuser_usec 70\nsystem_usec 7\n');
    expect(readUsage(layout, 'ours', 'web')).toEqual({ memoryBytes: 8192, cpuUsec: 77, tasks: undefined });
  });

  it('says nothing, not zero, about a group that is gone', () => {
    const layout: CgroupLayout = {
      kind: 'unified',
      unified: root,
      unifiedControllers: ['memory', 'pids'],
      legacy: {},
    };
    expect(readUsage(layout, 'ours', 'gone')).toEqual({
      memoryBytes: undefined,
      cpuUsec: undefined,
      tasks: undefined,
    });
  });
});
