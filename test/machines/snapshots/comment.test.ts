import { describe, expect, it } from 'vitest';
import { withMachine } from '../../fakes/created-machines.ts';
import { snapshotRequest } from '../../fakes/machine-files.ts';
import { caught } from '../caught.ts';

describe('the comment of a snapshot', () => {
  it('is one line of at most 1,024 characters', async () => {
    const { machines } = await withMachine();
    for (const comment of ['', 'all is well', '😀'.repeat(1024)]) {
      await machines.snapshot('web', snapshotRequest({ comment }));
    }
    expect(await machines.snapshots('web')).toHaveLength(3);
  });

  it.each([
    ['x'.repeat(1025), 'the comment has 1025 characters'],
    ['two\nlines', 'the comment has control characters'],
    ['\u001b[31mred', 'the comment has control characters'],
    ['\u009b31m', 'the comment has control characters'],
  ])('is refused, before anything is kept, if it is %j', async (comment, message) => {
    const { machines } = await withMachine();
    expect(await caught(() => machines.snapshot('web', snapshotRequest({ comment })))).toMatchObject({
      code: 'usage',
      message,
      hint: expect.stringContaining('1024 characters'),
    });
    expect(await machines.snapshots('web')).toEqual([]);
  });
});
