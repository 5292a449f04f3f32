import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import { readFileOf, snapshotRequest, writeFileOf } from '../../fakes/machine-files.ts';
import { caught } from '../caught.ts';

describe('changed settings', () => {
  it('are stored and told, and the version before is kept', async () => {
    const { machines, root } = await withMachine();
    await machines.changeSettings('web', { 'pids.max': '50', privileged: 'true' });
    expect(await machines.settings('web')).toMatchObject({ 'pids.max': '50', privileged: 'true' });
    const previous = readFileSync(join(root, 'machines', 'web', 'config.json.previous'), 'utf8');
    expect(JSON.parse(previous).privileged).toBe(false);
    expect((await eventsOf(machines)).at(-1)).toMatchObject({
      type: 'config-changed',
      details: { keys: 'pids.max privileged' },
    });
  });

  it('are all refused if one is wrong', async () => {
    const { machines } = await withMachine();
    const changes = { 'pids.max': '50', 'cpu.max': 'much' };
    expect((await caught(() => machines.changeSettings('web', changes))).code).toBe('usage');
    expect((await machines.settings('web'))['pids.max']).toBe('max');
  });

  it('of two commands at once are both kept', async () => {
    const { machines } = await withMachine();
    await Promise.all([
      machines.changeSettings('web', { 'pids.max': '50' }),
      machines.changeSettings('web', { 'memory.max': '1G' }),
    ]);
    expect(await machines.settings('web')).toMatchObject({ 'pids.max': '50', 'memory.max': '1G' });
  });

  it('can change limits of a running machine, but not its host name', async () => {
    const { machines } = await withMachine('running');
    await machines.changeSettings('web', { 'pids.max': '50' });
    expect((await caught(() => machines.changeSettings('web', { hostname: 'www' }))).code).toBe(
      'wrong-state',
    );
    expect((await machines.settings('web'))['hostname']).toBe('');
  });

  it('of limits reach a running machine before they are stored, also one that is stored already', async () => {
    const { machines, backend } = await withMachine('running');
    await machines.changeSettings('web', { 'pids.max': '50', 'cpu.weight': '10', nesting: 'yes' });
    expect(backend.calls.at(-1)).toBe('changeLimits web cpu.weight pids.max');
    await machines.changeSettings('web', { 'pids.max': '50' });
    expect(backend.calls.at(-1)).toBe('changeLimits web pids.max');
  });

  it('are not stored if the kernel refuses them', async () => {
    const { machines, backend } = await withMachine('running');
    const refused = new BackendError('failed', 'pids.max: EINVAL');
    backend.failNext('changeLimits', refused);
    const change = machines.changeSettings('web', { 'pids.max': '50', nesting: 'yes' });
    await expect(change).rejects.toMatchObject({ code: 'failed' });
    expect(await machines.settings('web')).toMatchObject({ 'pids.max': 'max', nesting: 'false' });
  });

  it.each(['takes them back', 'refuses them now'])(
    'of limits that cannot be stored say so, and the kernel %s',
    async (what) => {
      const { machines, backend, root } = await withMachine('running');
      await machines.changeSettings('web', { 'pids.max': '50' });
      // Where the new file would be written.
      mkdirSync(join(root, 'machines', 'web', 'config.json.new'));
      const change = vi.spyOn(backend, 'changeLimits');
      if (what === 'refuses them now') {
        change.mockImplementationOnce(() => {});
        change.mockImplementationOnce(() => {
          throw new BackendError('failed', 'ENODEV');
        });
      }
      const error = await caught(() => machines.changeSettings('web', { 'pids.max': '60' }));
      expect(error.errno).toBe('EISDIR');
      expect(change).toHaveBeenLastCalledWith(expect.anything(), { 'pids.max': 50 }, ['pids.max']);
      expect(await machines.differingSettings('web')).toEqual({});
    },
  );

  it('of limits leave a stopped machine to its next start', async () => {
    const { machines, backend } = await withMachine();
    await machines.changeSettings('web', { 'pids.max': '50' });
    expect(backend.calls.some((call) => call.startsWith('changeLimits'))).toBe(false);
    expect(await machines.differingSettings('web')).toEqual({});
  });

  it('differ from what is in force when somebody else wrote that', async () => {
    const { machines, backend } = await withMachine('running');
    await machines.changeSettings('web', { 'pids.max': '50', 'memory.max': '1G' });
    expect(await machines.differingSettings('web')).toEqual({});
    backend.writeBehind('web', { 'pids.max': 77, 'io.max': { '8:0': { rbps: 1024 } } });
    expect(await machines.differingSettings('web')).toEqual({
      'pids.max': '77',
      'memory.max': 'max',
      'io.max.8:0': 'rbps=1K',
    });
  });

  it("reach the machine's own files if they are the host name", async () => {
    const { machines, root } = await withMachine();
    await machines.changeSettings('web', { hostname: 'www' });
    expect(readFileSync(join(root, 'machines', 'web', 'storage', 'hostname'), 'utf8')).toBe('www');
  });
});

describe('a replaced config', () => {
  it('is stored if it is valid', async () => {
    const { machines } = await withMachine();
    const config = { ...(await machines.readConfig('web')), nesting: true };
    await machines.replaceConfig('web', JSON.stringify(config));
    expect(await machines.readConfig('web')).toEqual(config);
  });

  it.each([
    [{ idRange: { base: 0, count: 65_536 } }, 'idRange'],
    [{ storage: { driver: 'overlay', layers: ['nothing'] } }, 'layer nothing'],
    [{ backend: 'nspawn' }, 'backend'],
    [{ madeUp: 1 }, 'madeUp'],
  ])('with %j is refused', async (change, words) => {
    const { machines } = await withMachine();
    const before = await machines.readConfig('web');
    const error = await caught(() => machines.replaceConfig('web', JSON.stringify({ ...before, ...change })));
    expect(error).toMatchObject({ code: 'invalid-config', message: expect.stringContaining(words) });
    expect(await machines.readConfig('web')).toEqual(before);
  });

  it('is refused when a snapshot has moved the files meanwhile', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'motd', 'of now');
    const text = await machines.configText('web');
    await machines.snapshot('web', snapshotRequest());
    const error = await caught(() => machines.replaceConfig('web', text));
    expect(error).toMatchObject({ code: 'invalid-config', message: expect.stringContaining('"storage"') });
    expect(readFileOf(fixture, 'web', 'motd')).toBe('of now');
  });

  it('repairs a broken one, whose text can be had', async () => {
    const { machines, root } = await withMachine();
    const good = await machines.configText('web');
    writeFileSync(join(root, 'machines', 'web', 'config.json'), good.slice(0, 100));
    expect(await machines.configText('web')).toBe(good.slice(0, 100));
    expect((await caught(() => machines.readConfig('web'))).code).toBe('invalid-config');
    await machines.replaceConfig('web', good);
    expect(JSON.parse(await machines.configText('web'))).toEqual(JSON.parse(good));
  });

  it('needs a machine', async () => {
    const { machines } = await withMachine();
    expect((await caught(() => machines.replaceConfig('none', '{}'))).code).toBe('no-such-machine');
  });
});
