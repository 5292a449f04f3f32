import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import { trashBounds } from '../../../src/machines/trash/bounds.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import { makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

function owners(root: string): readonly string[] {
  return readdirSync(join(root, 'ids')).map((base) => readFileSync(join(root, 'ids', base), 'utf8'));
}

function trash(root: string): readonly string[] {
  return existsSync(join(root, 'trash')) ? readdirSync(join(root, 'trash')) : [];
}

const gently = { force: false, now: false };

describe('rename', () => {
  it('moves folder, id range and identity', async () => {
    const { machines, root } = await withMachine();
    await machines.rename('web', 'www');
    expect(await machines.names()).toEqual(['www']);
    expect(owners(root)).toEqual(['www']);
    expect(readFileSync(join(root, 'machines', 'www', 'storage', 'hostname'), 'utf8')).toBe('www');
    expect((await eventsOf(machines)).at(-1)).toMatchObject({
      name: 'www',
      type: 'renamed',
      details: { from: 'web' },
    });
    expect(readdirSync(join(root, 'locks'))).not.toContain('web');
  });

  it('refuses a running machine, a taken name and a wrong one', async () => {
    const { machines } = await withMachine('running');
    await machines.create(request('www'));
    expect((await caught(() => machines.rename('web', 'new'))).code).toBe('wrong-state');
    expect((await caught(() => machines.rename('www', 'web'))).code).toBe('exists');
    expect((await caught(() => machines.rename('www', 'www'))).code).toBe('exists');
    expect((await caught(() => machines.rename('www', 'a b'))).code).toBe('usage');
    expect((await caught(() => machines.rename('none', 'some'))).code).toBe('no-such-machine');
  });

  it.each(['renameIdRange', 'writeIdentity'])('is undone when %s fails', async (verb) => {
    const { machines, backend, root } = await withMachine();
    backend.failNext(verb, new BackendError('failed', 'no luck'));
    expect((await caught(() => machines.rename('web', 'www'))).message).toBe('no luck');
    expect(await machines.names()).toEqual(['web']);
    expect(owners(root)).toEqual(['web']);
    expect(readdirSync(join(root, 'intents'))).toEqual([]);
    expect(readFileSync(join(root, 'machines', 'web', 'storage', 'hostname'), 'utf8')).toBe('web');
  });

  it('that cannot write a new owner of the id range leaves all as it was', async () => {
    const { machines, backend, root } = await withMachine();
    Object.assign(backend, { renameIdRange: async () => Promise.reject(new Error('no room')) });
    expect((await caught(() => machines.rename('web', 'www'))).message).toBe('no room');
    expect([await machines.names(), readdirSync(join(root, 'intents')), owners(root)]).toEqual([
      ['web'],
      [],
      ['web'],
    ]);
    await machines.start('web', { ifNeeded: false });
    expect(await machines.names()).toEqual(['web']);
  });

  it('that can be neither done nor undone says what the next command does, and that does it', async () => {
    const { machines, backend, root } = await withMachine();
    const { renameIdRange } = backend;
    const { writeIdentity } = backend.storage;
    let calls = 0;
    Object.assign(backend, {
      renameIdRange: async (...given: Parameters<typeof renameIdRange>) => {
        calls += 1;
        if (calls > 1) throw new Error('no room');
        await renameIdRange(...given);
      },
    });
    Object.assign(backend.storage, { writeIdentity: async () => Promise.reject(new Error('no room')) });
    expect(await caught(() => machines.rename('web', 'www'))).toMatchObject({
      message: 'no room; and it could not be undone: the id range',
      hint: expect.stringContaining('completes the rename'),
    });
    Object.assign(backend, { renameIdRange });
    Object.assign(backend.storage, { writeIdentity });
    await machines.start('www', { ifNeeded: false });
    expect([await machines.names(), owners(root)]).toEqual([['www'], ['www']]);
  });

  it('crosswise by two commands never waits for itself', async () => {
    const { machines } = await withMachine();
    await machines.create(request('www'));
    const renames = [machines.rename('web', 'www'), machines.rename('www', 'web')];
    const results = await Promise.allSettled(renames);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await machines.names()).toEqual(['web', 'www']);
  });
});

describe('destroy', () => {
  it('puts the machine into the trash, with its id range', async () => {
    const { machines, root } = await withMachine();
    await machines.destroy('web', gently);
    expect(await machines.names()).toEqual([]);
    const [entry = ''] = trash(root);
    expect(entry).toMatch(/^web\.\d+$/);
    expect(owners(root)).toEqual([entry]);
    expect(existsSync(join(root, 'trash', entry, 'config.json'))).toBe(true);
    expect(readdirSync(join(root, 'intents'))).toEqual([]);
  });

  it('leaves the name free at once', async () => {
    const { machines, root } = await withMachine();
    await machines.destroy('web', gently);
    await machines.create(request('web'));
    expect((await machines.readConfig('web')).idRange.base).not.toBe(100_000);
    expect(owners(root)).toHaveLength(2);
  });

  it('of many at once is never in its own way', async () => {
    const { machines, root } = await withMachine();
    const names = Array.from({ length: 20 }, (_, index) => `web${index}`);
    for (const name of names) await machines.create(request(name));
    const impatient = makeMachines(root, 0).machines;
    await Promise.all(names.map((name) => impatient.destroy(name, { force: false, now: true })));
    expect(await machines.names()).toEqual(['web']);
    expect(trash(root)).toEqual([]);
  });

  it('has the backend take away what the last tear-down left', async () => {
    const { machines, backend } = await withMachine();
    backend.failNext('collect', new BackendError('busy', 'its groups are busy'));
    expect((await caught(() => machines.destroy('web', { force: false, now: true }))).message).toContain(
      'busy',
    );
    expect(await machines.names()).toEqual(['web']);
    await machines.destroy('web', { force: false, now: true });
    expect(backend.calls.filter((call) => call === 'collect web')).toHaveLength(2);
  });

  it('for good leaves nothing', async () => {
    const { machines, root } = await withMachine();
    await machines.destroy('web', { force: false, now: true });
    expect([trash(root), owners(root)]).toEqual([[], []]);
  });

  it('of a running machine needs force, and then kills it', async () => {
    const { machines, backend } = await withMachine('running');
    expect(await caught(() => machines.destroy('web', gently))).toMatchObject({
      code: 'wrong-state',
      hint: expect.stringContaining('--force'),
    });
    expect((await machines.info('web')).state).toBe('running');
    await machines.destroy('web', { force: true, now: false });
    expect(backend.calls).toContain('kill web');
    expect(await machines.names()).toEqual([]);
  });

  it('takes machines whose config is broken', async () => {
    const { machines, root } = await withMachine();
    writeFileSync(join(root, 'machines', 'web', 'config.json'), '{"version":');
    await machines.destroy('web', { force: false, now: true });
    expect([await machines.names(), owners(root)]).toEqual([[], []]);
  });

  it('purges what is too old, and keeps twenty', async () => {
    const { machines, root } = await withMachine();
    const now = Date.now();
    for (let index = 0; index < 25; index += 1) {
      mkdirSync(join(root, 'trash', `old.${now - index * 1000}`), { recursive: true });
    }
    mkdirSync(join(root, 'trash', `ancient.${now - trashBounds.maxAgeMs - 1000}`));
    await machines.destroy('web', gently);
    expect(trash(root)).toHaveLength(20);
    expect(trash(root).filter((entry) => entry.startsWith('web.'))).toHaveLength(1);
    expect(trash(root)).not.toContain(expect.stringContaining('ancient'));
  });

  it('never removes from the trash what is not an entry', async () => {
    const { machines, root } = await withMachine();
    mkdirSync(join(root, 'trash', 'notes'), { recursive: true });
    await machines.destroy('web', { force: false, now: true });
    expect(trash(root)).toEqual(['notes']);
  });

  it('of no machine says so', async () => {
    const { machines } = await withMachine();
    expect((await caught(() => machines.destroy('none', gently))).code).toBe('no-such-machine');
  });
});
