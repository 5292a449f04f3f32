import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/templates/tarball/options.ts';
import { prepareContext } from '../template-context.ts';

const digest = 'ab'.repeat(32);
const read = (options: Record<string, string>) => readOptions(prepareContext(options).context);

describe('what is said of a tarball', () => {
  it('is a file, as seen from here, or an address', () => {
    expect(read({ from: 'a.tar' }).from).toEqual({ file: `${process.cwd()}/a.tar` });
    expect(read({ from: 'https://example.org/a.tar', sha256: digest.toUpperCase() })).toMatchObject({
      sha256: digest,
    });
    expect(read({ from: 'a.tar', 'max-size': '2G' }).maxBytes).toBe(2 ** 31);
  });

  it.each([
    ['no tarball', {}, /which tarball/],
    ['an address without a checksum', { from: 'https://example.org/a.tar' }, /needs a checksum/],
    [
      'http without a checksum, even if none is asked for',
      { from: 'http://example.org/a.tar', sha256: 'none' },
      /anybody on the way/,
    ],
    ['half a checksum', { from: 'a.tar', sha256: 'abc' }, /64 hexadecimal/],
    ['a size that is none', { from: 'a.tar', 'max-size': 'much' }, /not a size/],
    [
      'another kind of address',
      { from: 'ftp://example.org/a.tar', sha256: digest },
      /none that can be fetched/,
    ],
  ])('is refused where it is %s', (_what, options, words) => {
    expect(() => read(options as Record<string, string>)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(words), usage: true }),
    );
  });

  it('shows no password', () => {
    expect(() => read({ from: 'https://me:word@example.org/a.tar', sha256: digest })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('word@') }),
    );
  });

  it('is taken without a checksum by https where that is said', () => {
    expect(read({ from: 'https://example.org/a.tar', sha256: 'none' }).sha256).toBeUndefined();
  });
});
