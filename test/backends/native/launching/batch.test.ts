import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../../src/backends/native/launching/batch.ts';

describe('a batch', () => {
  it('serves what comes before the next turn together, and no more than the most at once', async () => {
    const served: (readonly number[])[] = [];
    const add = createBatch<number>(3, (requests) => served.push(requests));
    for (let request = 1; request <= 7; request++) add(request);
    await Promise.resolve();
    expect(served).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await turn();
    await turn();
    expect(served).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('serves a later request by itself, and nothing twice', async () => {
    const served: (readonly string[])[] = [];
    const add = createBatch<string>(3, (requests) => served.push(requests));
    add('early');
    await turn();
    await turn();
    add('late');
    await turn();
    await turn();
    expect(served).toEqual([['early'], ['late']]);
  });
});
