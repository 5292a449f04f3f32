/** Limits of processor time, of who may run where. */
import { afterEach, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import type { CgroupLimits } from '../../../src/backends/limits.ts';
import { numberIn, withLimitedMachines } from './limited-machines.ts';

const { host, started, set, groupFile, shell, begin, expectInForce } = withLimitedMachines('cpu');

const usage = (machine: MachineHandle) => host().backend.usage(machine).cpuUsec ?? Number.NaN;

let contestants: readonly MachineHandle[] = [];
afterEach(async () => {
  for (const machine of contestants) await host().backend.kill(machine);
  contestants = [];
});

/** Both want the same processor from now on. Returns how much more the first one gets in a while of it. */
async function contest(one: CgroupLimits, other: CgroupLimits): Promise<() => Promise<number>> {
  const machines = [
    await started({ ...one, 'cpuset.cpus': '0' }),
    await started({ ...other, 'cpuset.cpus': '0' }),
  ];
  contestants = machines;
  for (const machine of machines) await begin(machine, 'while :; do :; done');
  return async () => {
    const before = machines.map(usage);
    const used = () => machines.map((machine, index) => usage(machine) - (before[index] ?? 0));
    await expect
      .poll(() => used().reduce((sum, usec) => sum + usec, 0), { timeout: 300_000, interval: 50 })
      .toBeGreaterThan(500_000);
    const [first = 0, second = 0] = used();
    return first / second;
  };
}

/** The kernel needs a while to know how much each of them wants; with the same right to it they would never get there. */
const eventually = { timeout: 300_000, interval: 1 };

describe('cpu.weight', () => {
  it('divides a processor that two machines want', async () => {
    // 10 to 1; a half of that is left to what else goes on.
    const share = await contest({ 'cpu.weight': 1000 }, { 'cpu.weight': 100 });
    await expect.poll(share, eventually).toBeGreaterThan(4);
  });
});

describe('cpu.idle', () => {
  it('leaves the processor to another machine', async () => {
    // The idle one begins first: beside the other it would take long to get so far.
    const share = await contest({ 'cpu.idle': true }, {});
    await expect.poll(share, eventually).toBeLessThan(0.1);
  });
});

const max = { quotaUsec: 10_000, periodUsec: 100_000 };

describe('cpu.max.burst', () => {
  it('lets a machine run longer that has saved up, and not one that has not', async () => {
    const machine = await started({ 'cpu.max': max, 'cpu.max.burst': 10_000 });
    const bursts = () =>
      numberIn(groupFile(machine, 'cpu.max', { v1: 'cpu.stat', v2: 'cpu.stat' }), 'nr_bursts');
    await begin(machine, 'while :; do sleep 0.3; i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; done');
    await expect.poll(bursts, { timeout: 300_000 }).toBeGreaterThan(0);
    const plain = set(machine, { 'cpu.max': max });
    expectInForce(plain);
  });

  it('is refused beyond the quota, with a word that says so, also when the quota is what shrinks', async () => {
    const machine = await started({ 'cpu.max': max, 'cpu.max.burst': 10_000 });
    const beyond = { 'cpu.max': max, 'cpu.max.burst': 50_000 };
    expect(() => set(machine, beyond)).toThrow(
      expect.objectContaining({
        errno: 'EINVAL',
        hint: expect.stringContaining('not be longer than the quota'),
      }),
    );
    expectInForce(machine);
    const less = set(machine, { 'cpu.max': { quotaUsec: 5000, periodUsec: 100_000 }, 'cpu.max.burst': 5000 });
    expectInForce(less);
  });
});

describe('cpuset', () => {
  it('says where a machine may run and have memory, and nothing says: everywhere', async () => {
    const machine = await started({ 'cpuset.cpus': '0', 'cpuset.mems': '0' });
    const allowed = async (what: string) =>
      (await shell(machine, `sed -n "s/^${what}_allowed_list:[[:space:]]*//p" /proc/1/status`)).text.trim();
    expect([await allowed('Cpus'), await allowed('Mems')]).toEqual(['0', '0']);
    const free = set(machine, {});
    expectInForce(free);
    const { text } = await shell(machine, 'nproc');
    expect(Number(text)).toBeGreaterThan(1);
  });

  it('goes back to everywhere if another limit of the same change is refused', async () => {
    const machine = await started({ 'cpu.max': max });
    const wrong = { 'cpuset.cpus': '0', 'cpu.max': max, 'cpu.max.burst': 50_000 };
    expect(() => set(machine, wrong)).toThrow(/cpu\.max\.burst/);
    expectInForce(machine);
    expect(Number((await shell(machine, 'nproc')).text)).toBeGreaterThan(1);
  });
});
