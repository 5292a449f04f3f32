import { describe, expect, it } from 'vitest';
import { parseDuration, parsePeriod } from '../../../src/machines/values/durations.ts';

const HOUR_MS = 3600 * 1000;

describe('a length of time', () => {
  it.each([
    ['90m', 1.5 * HOUR_MS],
    ['36h', 36 * HOUR_MS],
    ['7d', 7 * 24 * HOUR_MS],
    ['2w', 14 * 24 * HOUR_MS],
    ['1.5 hours', 1.5 * HOUR_MS],
    ['1y', 365.25 * 24 * HOUR_MS],
  ])('is read from %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '7', '-7d', '0d', '59s', 'd', '7 moons', '7d 3h', '101y', '1e9d', 'Infinity', '7d\n'])(
    'is not %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('may be a word where it is a period', () => {
    expect(['hourly', 'daily', 'weekly', 'monthly', '6h', 'yearly'].map(parsePeriod)).toEqual([
      HOUR_MS,
      24 * HOUR_MS,
      7 * 24 * HOUR_MS,
      30 * 24 * HOUR_MS,
      6 * HOUR_MS,
      undefined,
    ]);
    expect(parsePeriod('constructor')).toBeUndefined();
  });
});
