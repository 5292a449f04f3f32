/** Limits of memory in a machine that runs into them. */
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeLimit } from '../../../src/backends/native/cgroups/limits.ts';
import { itWhere } from '../../setup/it-where.ts';
import { untilEnd } from '../native-machine.ts';
import { isUnified, layout, MIB, numberIn, SIGKILLED, withLimitedMachines } from './limited-machines.ts';

const { host, started, set, groupFile, shell, expectInForce } = withLimitedMachines('memory');

const allocate = (megabytes: number) => `dd if=/dev/zero of=/dev/null bs=${megabytes}M count=1`;
/** In a tmpfs: without swap nobody can take it away. */
const keep = (megabytes: number) => `dd if=/dev/zero of=/dev/shm/kept bs=1M count=${megabytes}`;

describe('memory', () => {
  it('memory.max is moved up and down with memory.swap.max while the machine runs, in whatever order the kernel asks for', async () => {
    let machine = await started({ 'memory.max': 64 * MIB, 'memory.swap.max': 0 });
    expectInForce(machine);
    for (const [megabytes, swap] of [
      [128, 0],
      [32, 64 * MIB],
      [96, 0],
      [64, 'max'],
    ] as const) {
      machine = set(machine, { 'memory.max': megabytes * MIB, 'memory.swap.max': swap });
      expectInForce(machine);
    }
    machine = set(machine, { 'memory.max': 32 * MIB });
    expectInForce(machine);
    expect((await shell(machine, allocate(64))).exitCode).toBe(SIGKILLED);
    machine = set(machine, {});
    expectInForce(machine);
    expect((await shell(machine, allocate(64))).exitCode).toBe(0);
  });

  itWhere(!isUnified)(
    'memory.max is refused by v1 below what cannot be freed, with a word that says so',
    async () => {
      const machine = await started({ 'memory.max': 96 * MIB, 'memory.swap.max': 0, 'pids.max': 100 });
      expect((await shell(machine, keep(48))).exitCode).toBe(0);
      const less = { ...machine.spec.limits, 'memory.max': 16 * MIB, 'pids.max': 50 };
      expect(() => set(machine, less)).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(
            /memory\.max: .*memory\.limit_in_bytes does not take "16777216": EBUSY/,
          ),
          errno: 'EBUSY',
          hint: expect.stringContaining('stop something in it first'),
        }),
      );
      expectInForce(machine);
    },
  );

  itWhere(isUnified)('memory.high slows who takes more, and kills nobody', async () => {
    const machine = await started({ 'memory.high': 32 * MIB });
    // Little over it: each megabyte more costs the process a longer sleep.
    expect((await shell(machine, allocate(36))).exitCode).toBe(0);
    const events = () => groupFile(machine, 'memory.high', { v1: '', v2: 'memory.events' });
    expect(numberIn(events(), 'high')).toBeGreaterThan(0);
    expect(numberIn(events(), 'oom_kill')).toBe(0);
  });

  const names = isUnified ? (['memory.low', 'memory.min'] as const) : (['memory.low'] as const);
  it.each(names)('%s is taken over by the kernel while the machine runs', async (name) => {
    expectInForce(set(await started({ [name]: 16 * MIB }), { [name]: 8 * MIB }));
  });

  itWhere(isUnified)(
    'memory.min keeps the files of a machine in memory when another one has to give',
    async () => {
      const read = 'dd if=/dev/zero of=/file bs=1M count=24; sync; dd if=/file of=/dev/null bs=1M';
      const kept = await started({ 'memory.min': 64 * MIB });
      const giver = await started({});
      for (const machine of [kept, giver]) expect((await shell(machine, read)).exitCode).toBe(0);
      const files = (machine: typeof kept) =>
        numberIn(groupFile(machine, 'memory.max', { v1: '', v2: 'memory.stat' }), 'file');
      const before = { kept: files(kept), giver: files(giver) };
      const { group } = placeLimit(layout, host().parent, kept.spec.name, 'memory.max');
      try {
        writeFileSync(`${dirname(group)}/memory.reclaim`, '32M');
      } catch {
        // EAGAIN: it found less than that, since the rest is protected.
      }
      expect(files(giver)).toBeLessThan(before.giver / 2);
      expect(files(kept)).toBe(before.kept);
    },
  );

  itWhere(isUnified)(
    'memory.oom.group takes all processes of the machine, init too, when one is killed',
    async () => {
      const machine = await started({ 'memory.max': 48 * MIB, 'memory.oom.group': true });
      await shell(machine, allocate(96)).catch(() => {});
      expect(await untilEnd(host().backend, machine)).toMatchObject({ reason: 'signaled', signal: 9 });
    },
  );

  const onlyUnified = {
    'memory.high': 64 * MIB,
    'memory.min': 64 * MIB,
    'memory.oom.group': true,
  } as const;
  for (const name of Object.keys(onlyUnified) as (keyof typeof onlyUnified)[]) {
    itWhere(!isUnified)(`${name} is refused in v1, which has no file for it`, async () => {
      const machine = await started({});
      expect(() => set(machine, { [name]: onlyUnified[name] })).toThrow(/v1 /);
      await expect(started({ [name]: onlyUnified[name] })).rejects.toThrow(/v1 /);
      expectInForce(machine);
    });
  }
});
