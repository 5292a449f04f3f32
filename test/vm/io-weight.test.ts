/**
 * Shares of a disk, by either scheduler that knows weights. The disk is null_blk's: it holds nothing and takes 10 ms for each request, so
 * that what readers do meanwhile matters little, however slow the processor is.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../src/backends/backend.ts';
import { withLimitedMachines } from '../host/limits/limited-machines.ts';

const disk = '/dev/nullb0';
const queue = '/sys/block/nullb0/queue';
const REQUEST_NS = 10_000_000;
const SETTLE_MS = 1000;
const MEASURE_MS = 3000;

const { host, started, set, begin, groupFile, expectInForce } = withLimitedMachines('weight');

const modprobe = (...words: readonly string[]) => execFileSync('modprobe', words);

let number: string;
beforeAll(() => {
  modprobe('bfq');
  // irqmode 2: a timer ends each request.
  modprobe('null_blk', 'irqmode=2', `completion_nsec=${REQUEST_NS}`, 'nr_devices=1', 'submit_queues=1');
  chmodSync(disk, 0o666);
  number = readFileSync('/sys/block/nullb0/dev', 'latin1').trim();
});
// The module stays: the machine it is loaded in is thrown away.

/** A machine with two readers, so that one of them always waits for the disk. Privileged: /dev is no file system whose ids can be mapped. */
async function reader(weight: number): Promise<MachineHandle> {
  const binds = [{ source: disk, path: disk, readOnly: true }];
  const machine = await started({ 'io.weight': weight }, { binds, privileged: true, idRange: undefined });
  const read = `while :; do dd if=${disk} of=/dev/null bs=4k iflag=direct; done`;
  await begin(machine, read);
  await begin(machine, read);
  return machine;
}

/** Requests of a machine that the disk has answered. */
function requests(machine: MachineHandle): number {
  const files = { v1: 'blkio.bfq.io_serviced', v2: 'io.stat' };
  const text = groupFile(machine, 'io.weight', files);
  return Number(new RegExp(`^${number} .*rios=(\\d+)`, 'm').exec(text)?.[1]);
}

/** How many times as much the first one gets. */
async function ratio(one: MachineHandle, other: MachineHandle): Promise<number> {
  await delay(SETTLE_MS);
  const before = [requests(one), requests(other)] as const;
  await delay(MEASURE_MS);
  const [much, little] = [requests(one) - before[0], requests(other) - before[1]];
  return much / Math.max(1, little);
}

/** Who weighs more gets more, and after `set` the other one does. */
async function expectShares(): Promise<void> {
  const [one, other] = [await reader(1000), await reader(10)];
  expectInForce(one);
  expectInForce(other);
  expect(await ratio(one, other)).toBeGreaterThan(2);
  const [less, more] = [set(one, { 'io.weight': 10 }), set(other, { 'io.weight': 1000 })];
  expectInForce(less);
  expectInForce(more);
  expect(await ratio(more, less)).toBeGreaterThan(2);
  for (const machine of [less, more]) await host().backend.kill(machine);
}

describe('io.weight', () => {
  it('is known to both schedulers from the first machine on, which no group has the files for before its start', async () => {
    const controllers = '/sys/fs/cgroup/cgroup.subtree_control';
    writeFileSync(controllers, '-io');
    expect(readFileSync(controllers, 'latin1')).not.toMatch(/\bio\b/);
    const machine = await started({ 'io.weight': 500 });
    expect(groupFile(machine, 'io.weight', { v1: '', v2: 'io.weight' })).toBe('default 500\n');
    expect(groupFile(machine, 'io.weight', { v1: '', v2: 'io.bfq.weight' })).toBe('default 136\n');
    expectInForce(machine);
  });

  it('shares a disk whose scheduler is BFQ', async () => {
    writeFileSync(`${queue}/scheduler`, 'bfq');
    // One request at a time, and the disk waits for whose turn it is.
    writeFileSync(`${queue}/iosched/strict_guarantees`, '1');
    writeFileSync(`${queue}/iosched/low_latency`, '0');
    writeFileSync(`${queue}/iosched/slice_idle`, '30');
    await expectShares();
  });

  it('shares a disk that iocost watches', async () => {
    writeFileSync(`${queue}/scheduler`, 'none');
    const model =
      'ctrl=user model=linear rbps=10000000 rseqiops=50 rrandiops=50 wbps=10000000 wseqiops=50 wrandiops=50';
    writeFileSync('/sys/fs/cgroup/io.cost.model', `${number} ${model}`);
    writeFileSync('/sys/fs/cgroup/io.cost.qos', `${number} enable=1 ctrl=user rpct=0 wpct=0 min=100 max=100`);
    await expectShares();
  });
});
