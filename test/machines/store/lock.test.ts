import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { lockNames } from '../../../src/machines/store/lock.ts';
import { flock } from '../../fakes/flock.ts';
import { makeRoot } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

describe('locks', () => {
  it('keep a second command out until they are released', async () => {
    const root = makeRoot();
    const first = await lockNames(root, flock, ['web'], 0);
    const busy = await caught(() => lockNames(root, flock, ['web'], 0));
    expect(busy).toMatchObject({ code: 'busy', subject: 'web' });
    expect(busy.message).toContain(String(process.pid));
    first.release();
    (await lockNames(root, flock, ['web'], 0)).release();
  });

  it('let in who waits', async () => {
    const root = makeRoot();
    const first = await lockNames(root, flock, ['web'], 0);
    const second = lockNames(root, flock, ['web'], patience.poll);
    first.release();
    (await second).release();
  });

  it('of several names are taken together or not at all', async () => {
    const root = makeRoot();
    const one = await lockNames(root, flock, ['b'], 0);
    expect((await caught(() => lockNames(root, flock, ['c', 'a', 'b'], 0))).subject).toBe('b');
    (await lockNames(root, flock, ['a', 'c'], 0)).release();
    one.release();
  });

  it('never are of a file that was removed meanwhile', async () => {
    const root = makeRoot();
    const first = await lockNames(root, flock, ['web'], 0);
    const second = lockNames(root, flock, ['web'], patience.poll);
    first.forget('web');
    first.release();
    const held = await second;
    expect(readdirSync(root)).toEqual(['web']);
    expect((await caught(() => lockNames(root, flock, ['web'], 0))).code).toBe('busy');
    held.release();
  });

  it('count a name once that is given twice', async () => {
    const held = await lockNames(makeRoot(), flock, ['web', 'web'], 0);
    expect(held.names).toEqual(['web']);
    held.release();
  });

  it('are let go when locking itself fails', async () => {
    const root = makeRoot();
    const broken = () => Promise.reject(new Error('no helper'));
    await expect(lockNames(root, broken, ['web'], 0)).rejects.toThrow('no helper');
    (await lockNames(root, flock, ['web'], 0)).release();
  });
});
