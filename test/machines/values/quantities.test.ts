import { describe, expect, it } from 'vitest';
import { formatCpu, formatSize, parseCpu, parseSize } from '../../../src/machines/values/quantities.ts';

describe('sizes', () => {
  it.each([
    [0, '0'],
    [1000, '1000'],
    [1024, '1K'],
    [1024 ** 2 * 1.5, '1536K'],
    [512 * 1024 ** 2, '512M'],
    [1024 ** 4, '1T'],
  ])('%d is %s, there and back', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
    expect(parseSize(text)).toBe(bytes);
  });

  it('that cannot be told exactly are refused', () => {
    expect(parseSize('99999999T')).toBeUndefined();
    expect(parseSize('M')).toBeUndefined();
    expect(parseSize('1e3')).toBeUndefined();
  });
});

describe('shares of processors', () => {
  it.each(['150%', '12.5%', '50000 200000', 'max'])('%s comes back as it was', (text) => {
    const quota = parseCpu(text);
    expect(quota && formatCpu(quota)).toBe(text);
  });

  it('below what the kernel can do are refused', () => {
    expect(parseCpu('0.5%')).toBeUndefined();
    expect(parseCpu('1000 10')).toBeUndefined();
  });
});
