import { describe, expect, it } from 'vitest';
import { formatShort } from '../../../src/presentation/units.ts';
import { sparkline } from '../../../src/presentation/usage/sparkline.ts';
import {
  parseUsageSort,
  sortSamples,
  usageColumn,
  usageColumns,
} from '../../../src/presentation/usage/usage-columns.ts';
import { group } from '../../commands/usage-sample.ts';

const text = (name: (typeof usageColumns)[number], sample = group('web')) =>
  usageColumn(name).cell(sample).text;

describe('the cells of top', () => {
  it('are a hyphen for what is not known, never a zero', () => {
    const unknown = group('web', {
      cpu: { cores: null, limitCores: null, throttledShare: null },
      memory: { bytes: null, limitBytes: null, fileBytes: null, refaults: null },
      swap: { bytes: null },
      io: { rbps: null, wbps: null, riops: null, wiops: null },
      tasks: { count: null, limit: null },
      pressure: {
        cpu: { some: null, full: null },
        memory: { some: null, full: null },
        io: { some: null, full: null },
      },
    });
    const cells = usageColumns
      .filter((name) => name !== 'name')
      .map((name) => text(name, { ...unknown, frozen: null }));
    expect(new Set(cells)).toEqual(new Set(['-']));
  });

  it('tell a machine that starts from one that stops, from one that runs, and from one that is frozen', () => {
    const states = (['starting', 'stopping', 'running', null] as const).map((phase) =>
      text('state', group('web', {}, { phase })),
    );
    expect(states).toEqual(['starting', 'stopping', 'running', 'running']);
    expect(text('state', group('web', {}, { phase: 'running', frozen: true }))).toBe('frozen');
  });

  it('tell cores, and the share of the quota beside them', () => {
    const limited = group('web', { cpu: { cores: 1.234, limitCores: 1.5 } });
    expect([text('cpu', limited), text('quota', limited)]).toEqual(['1.23', '82%']);
    expect(text('quota')).toBe('-');
  });

  it('tell some and full of pressure, in percent', () => {
    const waiting = group('web', { pressure: { io: { some: 0.354, full: null } } });
    expect([text('io-pressure', waiting), text('cpu-pressure', waiting)]).toEqual(['35/-', '0/0']);
  });

  it('are no wider than their columns, whatever the numbers', () => {
    const huge = group('web', {
      cpu: { cores: 511.5, limitCores: 512, throttledShare: 1 },
      memory: {
        bytes: 999.6 * 1024 ** 4,
        limitBytes: 1000 * 1024 ** 4,
        fileBytes: 1023.4 * 1024 ** 3,
        refaults: 999_949,
      },
      swap: { bytes: 1023 * 1024 ** 2 },
      io: { rbps: 1023 * 1024 ** 2, wbps: 1023 * 1024 ** 3, riops: 999_400, wiops: 1_000_000 },
      tasks: { count: 32_768, limit: 65_536 },
      network: { rxBytes: 1023 * 1024, txBytes: 1 },
      pressure: { cpu: { some: 1, full: 1 }, memory: { some: 1, full: 1 }, io: { some: 1, full: 1 } },
    });
    for (const name of usageColumns) {
      expect(text(name, huge).length, name).toBeLessThanOrEqual(usageColumn(name).width);
      expect(usageColumn(name).head.length, name).toBeLessThanOrEqual(usageColumn(name).width);
    }
  });

  it.each([
    [0, 1024, '0'],
    [999, 1000, '999'],
    [1000, 1000, '1.0K'],
    [1023, 1024, '1023'],
    [1024, 1024, '1.0K'],
    [10_188, 1024, '9.9K'],
    [10_240, 1024, '10K'],
    [1_048_575, 1024, '1.0M'],
    [5.5 * 1024 ** 3, 1024, '5.5G'],
  ])('write %d in steps of %d as %s', (value, step, expected) => {
    expect(formatShort(value, step)).toBe(expected);
  });
});

describe('--sort of top', () => {
  const samples = [
    group('b', { cpu: { cores: 1 } }),
    group('c', { cpu: { cores: null } }),
    group('a', { cpu: { cores: 2 } }),
  ];
  const names = (sort: string) => sortSamples(samples, parseUsageSort(sort)).map(({ machine }) => machine);

  it('puts the largest number first, upwards with a plus, and what is not known last', () => {
    expect(names('cpu')).toEqual(['a', 'b', 'c']);
    expect(names('-cpu')).toEqual(['a', 'b', 'c']);
    expect(names('+cpu')).toEqual(['b', 'a', 'c']);
  });

  it('puts names in their order, downwards with a hyphen', () => {
    expect(names('name')).toEqual(['a', 'b', 'c']);
    expect(names('-name')).toEqual(['c', 'b', 'a']);
  });

  it('of a column that there is not, says which there are', () => {
    expect(() => parseUsageSort('-colour')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('a sparkline', () => {
  it('is as wide as it is asked for, newest at the right, and shows little as something', () => {
    expect(sparkline([0, 0.01, 0.5, 1, 2], 7, 1, true)).toBe('   ▁▄██');
    expect(sparkline([9, 0, 1], 2, 1, true)).toBe(' █');
  });

  it('has letters where there is no Unicode, and blanks for what was not measured', () => {
    expect(sparkline([null, 0.5, 1], 3, 1, false)).toBe(' =@');
  });
});
