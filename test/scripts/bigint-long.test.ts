import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const ours = require('../../scripts/bigint-long.cjs');
const theirs = require('long');

const numbers = [
  '0',
  '1',
  '4294967295',
  '4294967296',
  '1764419000000000',
  '18446744073709551615',
  '-1',
  '-5',
];

describe('what stands in for the package long', () => {
  it.each(numbers)('takes %s apart as it does', (decimal) => {
    const { low, high } = ours.fromString(decimal, true);
    const expected = theirs.fromString(decimal, true);
    expect([low >>> 0, high >>> 0]).toEqual([expected.low >>> 0, expected.high >>> 0]);
  });

  it.each([
    [0, 0],
    [1, 0],
    [0xffff_ffff, 0],
    [0, 1],
    [123_456_789, 0x7fff_ffff],
    [0xffff_ffff, 0xffff_ffff],
  ])('says what the words %d and %d are, with and without a sign, as it does', (low, high) => {
    for (const unsigned of [true, false]) {
      expect(new ours(low, high, unsigned).toString()).toBe(new theirs(low, high, unsigned).toString());
    }
  });
});
