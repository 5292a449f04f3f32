import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCpuTime,
  formatDistance,
  formatDuration,
  formatWait,
} from '../../src/presentation/units.ts';

describe('units', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [512 * 1024 * 1024, '512 MiB'],
    [2 ** 40, '1.0 TiB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0s'],
    [59.9, '59s'],
    [60, '1m'],
    [3725, '1h2m'],
    [90_000, '1d1h'],
    [-5, '0s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it.each([
    [0.4, 'under 1 ms'],
    [12.4, '12 ms'],
    [999.7, '1.0 s'],
    [61_500, '61.5 s'],
  ])('a wait of %d milliseconds is %s', (milliseconds, text) => {
    expect(formatWait(milliseconds)).toBe(text);
  });

  it.each([
    ['2026-01-31T10:00:00Z', '2h ago'],
    ['2026-01-31T12:00:00Z', '0s ago'],
    ['2026-02-07T11:00:00Z', 'in 6d23h'],
  ])('%s is, at noon, %s', (time, text) => {
    expect(formatDistance(time, Date.parse('2026-01-31T12:00:00Z'))).toBe(text);
  });

  it('CPU time has hundredths while they matter', () => {
    expect(formatCpuTime(1_234_567)).toBe('1.23s');
    expect(formatCpuTime(125_000_000)).toBe('2m5s');
  });
});
