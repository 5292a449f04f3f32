import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { caught } from '../caught.ts';

const one = { source: '/usr', path: '/mnt/usr', readOnly: true };
const gone = { path: undefined, force: false };

describe('a bind', () => {
  it('is stored and, in a machine that runs, mounted; and the other way round', async () => {
    const { machines, backend } = await withMachine('running');
    expect(await machines.bind('web', one)).toEqual({ bind: one, live: true });
    expect((await machines.readConfig('web')).binds).toEqual([one]);
    expect(backend.files.mounted.get('web:/mnt/usr')).toEqual(one);
    expect(await machines.unbind('web', { source: '/usr', ...gone })).toEqual({ bind: one, live: true });
    expect((await machines.readConfig('web')).binds).toEqual([]);
    expect(backend.files.mounted.size).toBe(0);
  });

  it('of a machine that is stopped is stored alone', async () => {
    const { machines, backend } = await withMachine();
    expect((await machines.bind('web', one)).live).toBe(false);
    expect(backend.files.mounted.size).toBe(0);
    expect((await machines.unbind('web', { source: '/mnt/usr', ...gone })).live).toBe(false);
  });

  it('that cannot be mounted, or not be taken away, is in the configuration what it is in the machine', async () => {
    const { machines, backend } = await withMachine('running');
    backend.failNext('bind', new BackendError('failed', 'no'));
    await caught(() => machines.bind('web', one));
    expect((await machines.readConfig('web')).binds).toEqual([]);
    await machines.bind('web', one);
    backend.failNext('unbind', new BackendError('failed', 'no'));
    await caught(() => machines.unbind('web', { source: '/usr', ...gone }));
    expect((await machines.readConfig('web')).binds).toEqual([one]);
  });

  it('is refused for a path that is taken, and a source that is not there', async () => {
    const { machines } = await withMachine();
    await machines.bind('web', one);
    expect(await caught(() => machines.bind('web', { ...one, source: '/etc' }))).toMatchObject({
      code: 'exists',
    });
    expect(
      await caught(() => machines.bind('web', { ...one, source: '/no/such', path: '/x' })),
    ).toMatchObject({
      code: 'usage',
    });
  });

  it('is not taken from who uses it without force, nor guessed among several', async () => {
    const { machines, backend } = await withMachine('running');
    await machines.bind('web', one);
    backend.files.users = [{ pid: 5, name: 'sh' }];
    const refused = await caught(() => machines.unbind('web', { source: '/usr', ...gone }));
    expect(refused).toMatchObject({ code: 'busy', message: '/mnt/usr is in use by sh (pid 5)' });
    await machines.bind('web', { ...one, path: '/other' });
    const request = { source: '/usr', force: true };
    expect(await caught(() => machines.unbind('web', { ...request, path: undefined }))).toMatchObject({
      code: 'usage',
    });
    expect((await machines.unbind('web', { ...request, path: '/other' })).bind.path).toBe('/other');
    expect(await caught(() => machines.unbind('web', { ...request, path: '/third' }))).toMatchObject({
      code: 'usage',
    });
  });
});
