import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StorageProgress } from '../../../src/backends/storage.ts';
import {
  createProgressLine,
  progressWords,
  shareProgress,
} from '../../../src/presentation/lines/progress.ts';

const MiB = 1024 * 1024;

describe('the words of progress', () => {
  it.each([
    [
      { done: 1.2 * 1024 * MiB, total: 3.4 * 1024 * MiB, unit: 'bytes' },
      310 * MiB,
      'copying 1.2 GiB of 3.4 GiB, 310 MiB/s, 8 s left',
    ],
    [{ done: 5 * MiB, total: undefined, unit: 'bytes' }, MiB, 'copying 5.0 MiB, 1.0 MiB/s'],
    [{ done: 1200, total: 3400, unit: 'files' }, 10, 'copying 1200 of 3400 files, 10 files/s, 3m40s left'],
    [{ done: 1200, total: 3400, unit: 'files' }, 0, 'copying 1200 of 3400 files, 0 files/s'],
    [{ done: 1200, total: undefined, unit: 'files' }, undefined, 'copying 1200 files'],
    [{ done: 7, total: undefined, unit: 'files', deed: 'merging' }, undefined, 'merging 7 files'],
    [
      { done: 5, total: 9, unit: 'files', deed: 'merging', part: { noun: 'layer', number: 2, of: 3 } },
      2,
      'merging layer 2 of 3: 5 of 9 files, 2 files/s, 2 s left',
    ],
    [
      { done: 0, total: MiB, unit: 'bytes', part: { noun: 'path', number: 1, of: 1 } },
      undefined,
      'copying 0 B of 1.0 MiB',
    ],
    [{ done: 0, total: undefined, unit: 'bytes', deed: 'syncing' }, 5, 'syncing to the disk'],
    [{ done: 9, total: 8, unit: 'files' }, 1, 'copying 9 of 8 files, 1 files/s, 0 s left'],
  ] as const)('of %j at %s a second', (progress, perSecond, words) => {
    expect(progressWords(progress, perSecond)).toBe(words);
  });
});

describe('progress of works that go on at once', () => {
  it('is that of all together; the total is known when all are', () => {
    const shown: StorageProgress[] = [];
    const each = shareProgress((progress) => shown.push(progress));
    const [one, other] = [each(), each()];
    one({ done: 1, total: 10, unit: 'bytes', deed: 'removing' });
    other({ done: 2, total: 20, unit: 'bytes', deed: 'removing' });
    one({ done: 3, total: 10, unit: 'bytes', deed: 'removing' });
    other({ done: 4, total: undefined, unit: 'bytes', deed: 'removing' });
    expect(shown.map(({ done, total }) => [done, total])).toEqual([
      [1, 10],
      [3, 30],
      [5, 30],
      [7, undefined],
    ]);
  });
});

describe('the line of progress', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function watch() {
    const drawn: string[] = [];
    return { drawn, line: createProgressLine((text) => drawn.push(text)) };
  }
  const files = (done: number) => ({ done, total: 1000, unit: 'files' }) as const;

  it('is not drawn for what is done within a second, and nothing is cleared', () => {
    const { drawn, line } = watch();
    line.show(files(1));
    vi.advanceTimersByTime(999);
    line.end();
    vi.advanceTimersByTime(5000);
    expect(drawn).toEqual([]);
  });

  it('is drawn after a second, at most ten times a second, and cleared at the end', () => {
    const { drawn, line } = watch();
    for (let ms = 1; ms <= 2000; ms += 1) {
      line.show(files(ms / 10));
      vi.advanceTimersByTime(1);
    }
    expect(drawn).toHaveLength(11);
    expect(drawn[0]).toBe('copying 100 of 1000 files, 100 files/s, 9 s left');
    line.end();
    expect(drawn.at(-1)).toBe('');
  });

  it('slows down while nothing is heard, and is not drawn again when it stays the same', () => {
    const { drawn, line } = watch();
    line.show(files(0));
    vi.advanceTimersByTime(100);
    line.show(files(500));
    vi.advanceTimersByTime(1900);
    expect(drawn.at(-1)).toBe('copying 500 of 1000 files, 263 files/s, 2 s left');
    vi.advanceTimersByTime(10_000);
    expect(drawn.at(-1)).toBe('copying 500 of 1000 files, 0 files/s');
    const count = drawn.length;
    vi.advanceTimersByTime(10_000);
    expect(drawn).toHaveLength(count);
    line.end();
  });

  it('begins a new rate when the count falls: that is other work', () => {
    const { drawn, line } = watch();
    line.show(files(900));
    vi.advanceTimersByTime(1500);
    line.show(files(10));
    vi.advanceTimersByTime(100);
    expect(drawn.at(-1)).toBe('copying 10 of 1000 files');
    line.end();
  });
});
