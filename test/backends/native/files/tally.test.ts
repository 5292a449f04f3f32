import { describe, expect, it } from 'vitest';
import { createTally } from '../../../../src/backends/native/files/tally.ts';
import type { StorageProgress } from '../../../../src/backends/storage.ts';

function heard(...pieces: readonly string[]) {
  const told: StorageProgress[] = [];
  const tally = createTally({ progress: (step) => told.push(step), signal: new AbortController().signal });
  for (const piece of pieces) tally.hear(Buffer.from(piece));
  return { result: tally.result(), last: told.at(-1) };
}

describe('what a transfer tells', () => {
  it('counts also if it comes in pieces', () => {
    const { result, last } = heard('done 1', ' 20\0do', 'ne 3 45\0total 10 ', '100\0');
    expect(result).toEqual({ files: 3, bytes: 45, skipped: [], skippedCount: 0 });
    expect(last).toEqual({ done: 3, total: 10, unit: 'files' });
  });

  it('is shown in bytes where files are large', () => {
    expect(heard('done 1 900000000\0').last).toEqual({ done: 900_000_000, total: undefined, unit: 'bytes' });
  });

  it('names what was skipped, with lines in its name, and no more than a hundred of a million', () => {
    const { result } = heard('skipped fifo /a\nb c\0', 'skipped socket /s\0'.repeat(1000));
    expect(result.skipped[0]).toEqual({ why: 'fifo', path: '/a\nb c' });
    expect(result.skipped).toHaveLength(100);
    expect(result.skippedCount).toBe(1001);
  });

  it('is forgotten if it never ends', () => {
    expect(heard('x'.repeat(100_000), '\0done 1 2\0').result.files).toBe(1);
  });
});
