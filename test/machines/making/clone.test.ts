import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  cloneRequest,
  readFileOf,
  snapshotLayers,
  snapshotRequest,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { caught } from '../caught.ts';

function folder(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

const drivers = ['overlay', 'dir', 'btrfs'] as const;

describe('clone', () => {
  it.each(drivers)(
    'on %s gives a machine with the same files and an identity of its own',
    async (storage) => {
      const fixture = await withMachine('stopped', 'web', { storage });
      const { machines, root, backend } = fixture;
      await machines.changeSettings('web', { hostname: 'www.example', 'pids.max': '9' });
      writeFileOf(fixture, 'web', 'a', '1');
      await machines.snapshot('web', snapshotRequest());
      writeFileOf(fixture, 'web', 'a', '2');
      await machines.clone('web', 'copy', cloneRequest());
      writeFileOf(fixture, 'web', 'a', '3');
      expect([readFileOf(fixture, 'copy', 'a'), readFileOf(fixture, 'web', 'a')]).toEqual(['2', '3']);
      writeFileOf(fixture, 'copy', 'a', '4');
      expect(readFileOf(fixture, 'web', 'a')).toBe('3');
      const [source, copy] = [await machines.readConfig('web'), await machines.readConfig('copy')];
      expect(copy.machineId).not.toBe(source.machineId);
      expect(copy.idRange.base).not.toBe(source.idRange.base);
      expect(copy.limits).toEqual({ 'pids.max': 9 });
      expect('hostname' in copy || 'snapshot' in copy.storage).toBe(false);
      expect(source.storage.snapshot).toBe('snap1');
      expect(await machines.snapshots('copy')).toEqual([]);
      expect(backend.calls).toContain('renewIdentity copy');
      expect(readFileSync(join(root, 'machines', 'copy', 'storage', 'hostname'), 'utf8')).toBe('copy');
      expect([...folder(join(root, 'staging')), ...folder(join(root, 'intents'))]).toEqual([]);
      expect((await eventsOf(machines)).at(-1)).toMatchObject({
        name: 'copy',
        type: 'cloned',
        details: { from: 'web' },
      });
    },
  );

  it.each(drivers)('on %s of a snapshot takes its files and its configuration', async (storage) => {
    const fixture = await withMachine('stopped', 'web', { storage });
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest({ snapshot: 'v1.0' }));
    await machines.changeSettings('web', { 'pids.max': '9' });
    writeFileOf(fixture, 'web', 'a', '2');
    await machines.start('web', { ifNeeded: false });
    await machines.clone('web@v1.0', 'copy', cloneRequest());
    expect(readFileOf(fixture, 'copy', 'a')).toBe('1');
    expect((await machines.readConfig('copy')).limits).toEqual({});
  });

  it('of a running overlay is a copy that changes nothing of it', async () => {
    const fixture = await withMachine('running');
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    const before = await machines.readConfig('web');
    await machines.clone('web', 'copy', cloneRequest());
    expect(await machines.readConfig('web')).toEqual(before);
    expect(readFileOf(fixture, 'copy', 'a')).toBe('1');
    expect((await machines.info('web')).state).toBe('running');
  });

  it('with its identity kept is the same machine under another name', async () => {
    const fixture = await withMachine();
    const { machines, backend } = fixture;
    await machines.clone('web', 'copy', cloneRequest({ keepIdentity: true }));
    const [source, copy] = [await machines.readConfig('web'), await machines.readConfig('copy')];
    expect([copy.machineId, copy.createdAt, copy.hostname]).toEqual([
      source.machineId,
      source.createdAt,
      'web',
    ]);
    expect(copy.idRange.base).not.toBe(source.idRange.base);
    expect(backend.calls).not.toContain('renewIdentity copy');
  });

  it.each([
    ['web', 'other', 'exists'],
    ['web', 'web', 'exists'],
    ['web', 'a b', 'usage'],
    ['web@', 'new', 'usage'],
    ['web@../x', 'new', 'usage'],
    ['none', 'new', 'no-such-machine'],
    ['web@none', 'new', 'no-such-machine'],
  ])('of %s to %s is refused', async (source, name, code) => {
    const { machines, root } = await withMachine();
    await machines.clone('web', 'other', cloneRequest());
    expect((await caught(() => machines.clone(source, name, cloneRequest()))).code).toBe(code);
    expect(await machines.names()).toEqual(['other', 'web']);
    expect(folder(join(root, 'intents'))).toEqual([]);
  });

  it.each(['allocateIdRange', 'clone', 'renewIdentity'])(
    'that fails at %s leaves the source as it was to look at, and nothing else',
    async (verb) => {
      const fixture = await withMachine();
      const { machines, backend, root } = fixture;
      writeFileOf(fixture, 'web', 'a', '1');
      backend.failNext(verb, new Error('no luck'));
      expect((await caught(() => machines.clone('web', 'copy', cloneRequest()))).message).toBe('no luck');
      expect(await machines.names()).toEqual(['web']);
      expect(readFileOf(fixture, 'web', 'a')).toBe('1');
      expect(folder(join(root, 'ids'))).toHaveLength(1);
      expect([...folder(join(root, 'staging')), ...folder(join(root, 'intents'))]).toEqual([]);
      expect(snapshotLayers(fixture)).toHaveLength(verb === 'renewIdentity' ? 1 : 0);
      await machines.clone('web', 'copy', cloneRequest());
      expect(readFileOf(fixture, 'copy', 'a')).toBe('1');
    },
  );

  it.each(drivers)('on %s outlives its source, with and without a trash', async (storage) => {
    const fixture = await withMachine('stopped', 'web', { storage });
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    await machines.clone('web@snap1', 'one', cloneRequest());
    await machines.clone('web', 'two', cloneRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: true });
    await machines.destroy('web', { force: false, now: true });
    for (const name of ['one', 'two']) {
      expect(readFileOf(fixture, name, 'a')).toBe('1');
      expect(readFileOf(fixture, name, 'greeting')).toBe('hello');
    }
    await machines.destroy('one', { force: false, now: true });
    expect(readFileOf(fixture, 'two', 'a')).toBe('1');
    await machines.destroy('two', { force: false, now: true });
    expect(snapshotLayers(fixture)).toEqual([]);
  });
});
