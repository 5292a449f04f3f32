import { describe, expect, it } from 'vitest';
import { undoable } from '../../../src/machines/store/undo.ts';

const keep = (cause: unknown) => cause;

describe('an undo stack', () => {
  it('undoes nothing when the work is done', async () => {
    const done: string[] = [];
    const result = await undoable(async (undo) => {
      undo.add('a', () => void done.push('a'));
      return 7;
    }, keep);
    expect([result, done]).toEqual([7, []]);
  });

  it('undoes in reverse, and throws what failed', async () => {
    const done: string[] = [];
    const failure = new Error('third step');
    const work = undoable(async (undo) => {
      undo.add('a', () => void done.push('a'));
      undo.add('b', async () => void done.push('b'));
      throw failure;
    }, keep);
    await expect(work).rejects.toBe(failure);
    expect(done).toEqual(['b', 'a']);
  });

  it('goes on after an undo that fails, tells the others, and tells it', async () => {
    const seen: boolean[] = [];
    const work = undoable(
      async (undo) => {
        undo.add('first', (clean) => void seen.push(clean));
        undo.add('second', () => {
          throw new Error('stuck');
        });
        undo.add('third', (clean) => void seen.push(clean));
        throw new Error('cause');
      },
      (cause, failures) =>
        new Error(`${(cause as Error).message}; not undone: ${failures.map(({ what }) => what)}`),
    );
    await expect(work).rejects.toThrow('cause; not undone: second');
    expect(seen).toEqual([true, false]);
  });
});
