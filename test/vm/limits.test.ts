/** Limits whose tests change the whole host: swap, huge pages, another hierarchy of cgroups. So they run in the virtual machine alone. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../src/backends/backend.ts';
import { placeLimit } from '../../src/backends/native/cgroups/limits.ts';
import { layout, MIB, numberIn, SIGKILLED, withLimitedMachines } from '../host/limits/limited-machines.ts';
import { createNativeHost } from '../host/native-machine.ts';
import { runFolder } from '../setup/test-run.ts';

const { host, started, set, groupFile, shell, expectInForce } = withLimitedMachines('vm');

/** Limits that were reached and not told of yet. */
async function reached(machine: MachineHandle): Promise<readonly string[]> {
  const limits: string[] = [];
  await host().backend.takeLimitNews(machine, [], (news) => {
    for (const one of news) if (one.type === 'limit-reached') limits.push(one.limit);
  });
  return limits;
}

describe('memory.swap.max', () => {
  const file = join(runFolder(), 'swap');
  beforeAll(() => {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', 'count=96'], { stdio: 'ignore' });
    execFileSync('chmod', ['600', file]);
    execFileSync('mkswap', [file], { stdio: 'ignore' });
    execFileSync('swapon', [file]);
  });
  afterAll(() => {
    execFileSync('swapoff', [file]);
    rmSync(file);
  });

  /** In a tmpfs, which goes nowhere but into swap. */
  const keep = 'dd if=/dev/zero of=/dev/shm/kept bs=1M count=48';

  it('lets a machine have more than its memory in swap, or not', async () => {
    let machine = await started({ 'memory.max': 32 * MIB, 'memory.swap.max': 64 * MIB });
    expect((await shell(machine, keep)).exitCode).toBe(0);
    await shell(machine, 'rm /dev/shm/kept');
    expect(await reached(machine)).not.toContain('memory.swap.max');
    machine = set(machine, { 'memory.max': 32 * MIB, 'memory.swap.max': 4 * MIB });
    expectInForce(machine);
    expect((await shell(machine, keep)).exitCode).toBe(SIGKILLED);
    // Where the last page that it may have is the last of a batch, the kernel does not try another one, and counts nothing.
    const swapEvents = groupFile(machine, 'memory.swap.max', { v1: '', v2: 'memory.swap.events' });
    expect((await reached(machine)).includes('memory.swap.max')).toBe(numberIn(swapEvents, 'max') > 0);
  });
});

describe('memory.low', () => {
  it('keeps what a machine has, while another one below the same limit takes more and more', async () => {
    const keeps = await started({ 'memory.low': 48 * MIB });
    const takes = await started({});
    const groupOf = ({ spec }: MachineHandle) =>
      placeLimit(layout, host().parent, spec.name, 'memory.low').group;
    const cached = () => numberIn(readFileSync(join(groupOf(keeps), 'memory.stat'), 'latin1'), 'file') / MIB;
    const press = async () => {
      expect((await shell(takes, 'cat /root/big /root/big >/dev/null')).exitCode).toBe(0);
    };
    await shell(keeps, 'dd if=/dev/zero of=/root/kept bs=1M count=32; sync; cat /root/kept >/dev/null');
    await shell(takes, 'dd if=/dev/zero of=/root/big bs=1M count=160; sync');
    const limit = join(dirname(groupOf(keeps)), 'memory.max');
    writeFileSync(limit, String(96 * MIB));
    try {
      await press();
      expect(cached()).toBeGreaterThan(28);
      expectInForce(set(keeps, { 'memory.low': 0 }));
      await press();
      expect(cached()).toBeLessThan(16);
    } finally {
      writeFileSync(limit, 'max');
    }
  });
});

describe('hugetlb.2MB.max', () => {
  const reserved = '/proc/sys/vm/nr_hugepages';
  const before = readFileSync(reserved, 'latin1');
  beforeAll(() => writeFileSync(reserved, '8'));
  afterAll(() => writeFileSync(reserved, before));

  it('refuses huge pages beyond it', async () => {
    expect(Number(readFileSync(reserved, 'latin1'))).toBe(8);
    const change = { privileged: true, idRange: undefined };
    let machine = await started({ 'hugetlb.max': { '2MB': 4 * MIB } }, change);
    await shell(machine, 'mkdir /huge && mount -t hugetlbfs none /huge');
    const take = async (name: string, megabytes: number) =>
      (await shell(machine, `fallocate -l ${megabytes * MIB} /huge/${name}`)).errors;
    expect(await take('one', 4)).toBe('');
    expect(await reached(machine)).toEqual([]);
    expect(await take('two', 2)).toContain('No space left');
    expect(await reached(machine)).toEqual(['hugetlb.2MB.max']);
    machine = set(machine, { 'hugetlb.max': { '2MB': 8 * MIB } });
    expectInForce(machine);
    expect(await take('two', 2)).toBe('');
  });
});

describe('net_cls and net_prio', () => {
  const place = '/run/net-hierarchy';
  beforeAll(() => {
    mkdirSync(place);
    execFileSync('mount', ['-t', 'cgroup', '-o', 'net_cls,net_prio', 'none', place]);
  });
  afterAll(() => {
    execFileSync('umount', [place]);
    rmSync(place, { recursive: true });
  });

  it('are where somebody has mounted them, beside v2', async () => {
    const beside = createNativeHost();
    try {
      const limits = { 'net_cls.classid': 0x100001, 'net_prio.ifpriomap': { lo: 3 } };
      const machine = await beside.create('net', { limits });
      await beside.backend.start(machine);
      const group = `${place}/${beside.parent}/net`;
      const init = beside.backend.status(machine);
      expect(readFileSync(`${group}/cgroup.procs`, 'latin1')).toContain(
        String('pid' in init ? init.pid : 'no pid'),
      );
      expect(readFileSync(`${group}/net_cls.classid`, 'latin1')).toBe('1048577\n');
      expect(readFileSync(`${group}/net_prio.ifpriomap`, 'latin1')).toContain('lo 3');
      const wrong = { ...limits, 'net_cls.classid': 7, 'net_prio.ifpriomap': { gone9: 1 } };
      expect(() =>
        beside.backend.changeLimits(machine, wrong, ['net_cls.classid', 'net_prio.ifpriomap']),
      ).toThrow(expect.objectContaining({ hint: expect.stringContaining('no such network interface') }));
      expect(beside.backend.limitsInForce(machine)?.different).toEqual([]);
      beside.backend.changeLimits(machine, {}, ['net_cls.classid', 'net_prio.ifpriomap']);
      expect(readFileSync(`${group}/net_cls.classid`, 'latin1')).toBe('0\n');
      expect(readFileSync(`${group}/net_prio.ifpriomap`, 'latin1')).toContain('lo 0');
    } finally {
      await beside.remove();
    }
  });
});
