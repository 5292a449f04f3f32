import { describe, expect, it } from 'vitest';
import { constraintsOf, whySlow } from '../../../src/presentation/usage/why-slow.ts';
import { group, quietHost } from '../../commands/usage-sample.ts';

const MIB = 1024 ** 2;
const busyHost = { ...quietHost, busyCores: 3.9 };

describe('why a machine is slow', () => {
  it('is nothing for one that nothing holds back', () => {
    expect(whySlow(group('web'), quietHost)).toBeUndefined();
  });

  it('is nothing for one of which the host tells nothing', () => {
    const unknown = group('web', {
      cpu: { cores: null, limitCores: null, throttledShare: null },
      memory: { bytes: null, limitBytes: null, anonBytes: null, refaults: null },
      tasks: { count: null, limit: null },
      pressure: {
        cpu: { some: null, full: null },
        memory: { some: null, full: null },
        io: { some: null, full: null },
      },
    });
    expect(whySlow({ ...unknown, frozen: null }, { ...quietHost, busyCores: null })).toBeUndefined();
  });

  it.each([
    [
      'cpu.max',
      group('web', { cpu: { cores: 0.5, limitCores: 0.5, throttledShare: 0.38 } }),
      'throttled 38% of the time by cpu.max=50%',
    ],
    [
      'memory.max with refaults',
      group('web', { memory: { bytes: 507 * MIB, limitBytes: 512 * MIB, refaults: 1234 } }),
      'memory at 99% of memory.max with 1.2K refaults a second',
    ],
    [
      'memory.high with waiting',
      group('web', {
        memory: { bytes: 256 * MIB, highBytes: 256 * MIB },
        pressure: { memory: { some: 0.4, full: 0.3 } },
      }),
      'memory at 100% of memory.high with waiting 40% of the time',
    ],
    [
      'processes that fill memory.max',
      group('web', { memory: { bytes: 500 * MIB, limitBytes: 512 * MIB, anonBytes: 497 * MIB } }),
      'processes fill 97% of memory.max: soon some are killed',
    ],
    [
      'swap',
      group('web', { swap: { bytes: 99 * MIB, limitBytes: 100 * MIB } }),
      'swap at 99% of memory.swap.max',
    ],
    [
      'disks',
      group('web', {
        io: { rbps: 10 * MIB, wbps: 2 * MIB },
        pressure: { io: { some: 0.35, full: 0.2 } },
      }),
      'waits 35% of the time for disks (20% all of it), at 12MB/s',
    ],
    [
      'pids.max',
      group('web', { tasks: { count: 200, limit: 200 } }),
      '200 of 200 tasks (pids.max): nothing can be started',
    ],
    ['the freezer', group('web', {}, { frozen: true }), 'frozen: nothing of it runs'],
  ])('names %s', (_, slow, words) => {
    expect(whySlow(slow, quietHost)).toBe(words);
  });

  it('names others who use the processors, and the machine itself if it is the one', () => {
    const waiting = { pressure: { cpu: { some: 0.45, full: 0.1 } } };
    expect(whySlow(group('web', { ...waiting, cpu: { cores: 1.2 } }), busyHost)).toBe(
      'waits 45% of the time for a processor: others use 2.7 of 4',
    );
    expect(whySlow(group('web', { ...waiting, cpu: { cores: 3.8 } }), busyHost)).toBe(
      'waits 45% of the time for a processor: it uses 3.8 of 4 itself',
    );
  });

  it('does not say twice that a throttled machine waits', () => {
    const slow = group('web', {
      cpu: { limitCores: 0.5, throttledShare: 0.5 },
      pressure: { cpu: { some: 0.6, full: 0.6 } },
    });
    expect(constraintsOf(slow, busyHost).map(({ kind }) => kind)).toEqual(['cpu.max']);
  });

  it('is not a full cache: memory at its limit slows nobody who does not read it again', () => {
    const full = group('web', { memory: { bytes: 512 * MIB, limitBytes: 512 * MIB, refaults: 0 } });
    expect(whySlow(full, quietHost)).toBeUndefined();
  });

  it('names the heaviest first', () => {
    const slow = group('web', {
      cpu: { limitCores: 1, throttledShare: 0.1 },
      tasks: { count: 50, limit: 50 },
      pressure: { io: { some: 0.5, full: 0 } },
    });
    expect(constraintsOf(slow, quietHost).map(({ kind }) => kind)).toEqual(['pids.max', 'io', 'cpu.max']);
  });
});
