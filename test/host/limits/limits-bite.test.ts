/** Every limit in a machine that runs into it, on the cgroup layout that this host has. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import type { CgroupLimits, FileLimitName, LimitName } from '../../../src/backends/limits.ts';
import { readLayout } from '../../../src/backends/native/cgroups/layout.ts';
import { placeLimit } from '../../../src/backends/native/cgroups/limits.ts';
import { createNativeHost, type NativeHost } from '../native-machine.ts';

const layout = readLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
const SIGKILLED = 137;

let host: NativeHost;
beforeAll(() => {
  host = createNativeHost();
});
afterAll(() => host.remove());

let count = 0;
async function started(limits: CgroupLimits, change = {}): Promise<MachineHandle> {
  count += 1;
  const machine = await host.create(`bite${count}`, { limits, ...change });
  await host.backend.start(machine);
  return machine;
}

function set(machine: MachineHandle, limits: CgroupLimits): void {
  const names = [...new Set([...Object.keys(machine.spec.limits), ...Object.keys(limits)])] as LimitName[];
  host.backend.changeLimits(machine, limits, names);
}

/** What a file of the limit's controller says of the machine's own group. */
function groupFile({ spec }: MachineHandle, limit: FileLimitName, files: { v1: string; v2: string }): string {
  const { group } = placeLimit(layout, host.parent, spec.name, limit);
  return readFileSync(join(group, layout.kind === 'unified' ? files.v2 : files.v1), 'latin1');
}

async function shell(machine: MachineHandle, script: string) {
  const { exitCode, stdout, stderr } = await host.run(machine, 'sh', '-c', script);
  return { exitCode, text: stdout.toString(), errors: stderr.toString() };
}

describe('memory.max', () => {
  const allocate = 'dd if=/dev/zero of=/dev/null bs=128M count=1';

  it('kills who takes more, and lets alone who does not', async () => {
    const machine = await started({ 'memory.max': 64 * 1024 ** 2 });
    expect((await shell(machine, allocate)).exitCode).toBe(SIGKILLED);
    expect((await shell(machine, 'dd if=/dev/zero of=/dev/null bs=8M count=1')).exitCode).toBe(0);
  });

  it('holds at once when it is set, and no longer when it is taken away', async () => {
    const machine = await started({});
    expect((await shell(machine, allocate)).exitCode).toBe(0);
    set(machine, { 'memory.max': 64 * 1024 ** 2 });
    expect((await shell(machine, allocate)).exitCode).toBe(SIGKILLED);
    host.backend.changeLimits(
      { ...machine, spec: { ...machine.spec, limits: { 'memory.max': 64 * 1024 ** 2 } } },
      {},
      ['memory.max'],
    );
    expect((await shell(machine, allocate)).exitCode).toBe(0);
  });
});

describe('cpu.max', () => {
  it('throttles', async () => {
    const machine = await started({ 'cpu.max': { quotaUsec: 10_000, periodUsec: 100_000 } });
    await shell(machine, 'timeout 1 sh -c "while :; do :; done"');
    const throttled = /^nr_throttled (\d+)$/m.exec(
      groupFile(machine, 'cpu.max', { v1: 'cpu.stat', v2: 'cpu.stat' }),
    );
    expect(Number(throttled?.[1])).toBeGreaterThan(0);
  });
});

describe('cpuset.cpus', () => {
  it('keeps a machine off the other processors, also who runs already', async () => {
    const machine = await started({});
    const allowed = 'sed -n "s/^Cpus_allowed_list:[[:space:]]*//p" /proc/1/status';
    set(machine, { 'cpuset.cpus': '0' });
    expect((await shell(machine, allowed)).text.trim()).toBe('0');
  });
});

describe('cpuset.mems', () => {
  const allowed = 'sed -n "s/^Mems_allowed_list:[[:space:]]*//p" /proc/self/status';

  it('is where what runs inside gets its memory from, and a node that is not there is refused', async () => {
    const machine = await started({ 'cpuset.mems': '0' });
    expect((await shell(machine, allowed)).text.trim()).toBe('0');
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
    expect(() => set(machine, { 'cpuset.mems': '63' })).toThrow(/cpuset\.mems does not take "63": E/);
    expect((await shell(machine, allowed)).text.trim()).toBe('0');
  });
});

describe('io.weight', () => {
  // That it bites is test/vm/io-weight.test.ts: it needs a disk that is slow enough.
  it('is held by the kernel, and changed in a machine that runs', async () => {
    const machine = await started({ 'io.weight': 400 });
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
    const weight = () => {
      const text = groupFile(machine, 'io.weight', { v1: 'blkio.bfq.weight', v2: 'io.weight' });
      return text.replace('default ', '').trim();
    };
    // BFQ's own weights go to 1000 alone, and are the same up to 100.
    expect(weight()).toBe(layout.kind === 'unified' ? '400' : '127');
    set(machine, { 'io.weight': 50 });
    expect(weight()).toBe('50');
  });
});

describe('pids.max', () => {
  const many =
    'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 5 >/dev/null 2>&1 & done; echo all';

  it('lets nobody fork beyond it', async () => {
    const machine = await started({ 'pids.max': 12 });
    const { exitCode, text, errors } = await shell(machine, many);
    expect(text).not.toContain('all');
    expect(errors).toContain("can't fork");
    expect(exitCode).not.toBe(0);
    set(machine, { 'pids.max': 200 });
    expect((await shell(machine, many)).text).toContain('all');
  });
});

describe('io.max', () => {
  const RATE = 1024 ** 2;
  let folder: string;
  let device: string;
  beforeAll(() => {
    folder = join(host.root, 'disk');
    mkdirSync(folder);
    execFileSync('truncate', ['--size', '64M', `${folder}.img`]);
    execFileSync('mkfs.ext4', ['-q', `${folder}.img`]);
    device = execFileSync('losetup', ['--find', '--show', `${folder}.img`], { encoding: 'utf8' }).trim();
    execFileSync('mount', [device, folder]);
    chmodSync(folder, 0o777);
  });
  afterAll(() => {
    execFileSync('umount', [folder]);
    execFileSync('losetup', ['--detach', device]);
  });

  const binds = () => [{ source: folder, path: '/mnt/disk', readOnly: false }];
  /** Returns the bytes that there are after two seconds, and what a slow host takes longer to kill; or after all of them. */
  async function written(machine: MachineHandle, name: string, blocks: string, withinSeconds?: number) {
    const dd = `dd if=/dev/zero of=/mnt/disk/${name} ${blocks} oflag=direct`;
    await shell(machine, withinSeconds === undefined ? dd : `timeout -s KILL ${withinSeconds} ${dd}`);
    return statSync(join(folder, name)).size;
  }

  it('slows who writes to that disk', async () => {
    const machine = await started({ 'io.max': { [device]: { wbps: RATE } } }, { binds: binds() });
    const blocks = 'bs=256k count=128';
    expect(await written(machine, 'slow', blocks, 2)).toBeLessThan(8 * RATE);
    host.backend.changeLimits(machine, {}, ['io.max']);
    expect(await written(machine, 'slow', blocks)).toBe(128 * 256 * 1024);
  });

  it('counts operations too, of a disk that is given by its number', async () => {
    const number = execFileSync('lsblk', ['-ndo', 'MAJ:MIN', device], { encoding: 'utf8' }).trim();
    const machine = await started({ 'io.max': { [number]: { wiops: 50 } } }, { binds: binds() });
    const blocks = 'bs=4k count=4000';
    expect(await written(machine, 'many', blocks, 2)).toBeLessThan(1000 * 4096);
    host.backend.changeLimits(machine, {}, ['io.max']);
    expect(await written(machine, 'many', blocks)).toBe(4000 * 4096);
  });
});

describe('a change of several limits', () => {
  it('changes none if the kernel refuses one, and names file and errno', async () => {
    const machine = await started({ 'pids.max': 100 });
    const wrong: CgroupLimits = {
      'pids.max': 50,
      'cpu.weight': 10,
      'memory.max': 64 * 1024 ** 2,
      'cpuset.cpus': '4000',
    };
    expect(() => set(machine, wrong)).toThrow(
      /cpuset\.cpus: \/sys\/fs\/cgroup\/.*cpuset\.cpus does not take "4000": E/,
    );
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
  });

  it('is told apart from what somebody else wrote', async () => {
    const machine = await started({ 'pids.max': 100, 'cpu.weight': 10, 'memory.max': 64 * 1024 ** 2 + 1 });
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
    const { group } = placeLimit(layout, host.parent, machine.spec.name, 'pids.max');
    execFileSync('sh', ['-c', `echo 77 > ${group}/pids.max`]);
    const found = host.backend.limitsInForce(machine);
    expect(found?.different).toEqual(['pids.max']);
    expect(found?.limits['pids.max']).toBe(77);
  });
});
