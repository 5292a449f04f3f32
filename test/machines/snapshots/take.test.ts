import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  cloneRequest,
  readFileOf,
  readFileOfSnapshot,
  snapshotLayers,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { makeMachines } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const drivers = ['overlay', 'dir', 'btrfs'] as const;

describe('snapshot', () => {
  it.each(drivers)(
    'on %s keeps files and configuration, and the machine goes on from it',
    async (storage) => {
      const fixture = await withMachine('stopped', 'web', { storage });
      const { machines, root } = fixture;
      writeFileOf(fixture, 'web', 'etc/motd', 'one');
      await machines.changeSettings('web', { 'pids.max': '9' });
      const taken = await machines.snapshot('web', snapshotRequest({ comment: 'before the upgrade' }));
      expect(taken).toEqual({ snapshot: 'snap1', frozenMs: undefined, removed: [] });
      writeFileOf(fixture, 'web', 'etc/motd', 'two');
      expect(readFileOf(fixture, 'web', 'etc/motd')).toBe('two');
      expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'etc/motd')).toBe('one');
      expect(readFileOf(fixture, 'web', 'greeting')).toBe('hello');
      expect(await machines.snapshots('web')).toMatchObject([
        {
          name: 'snap1',
          parent: null,
          current: true,
          comment: 'before the upgrade',
          automatic: false,
          problem: null,
        },
      ]);
      expect((await machines.readConfig('web')).storage.snapshot).toBe('snap1');
      expect((await machines.list())[0]?.snapshots).toBe(1);
      expect([...readdirSync(join(root, 'intents')), ...snapshotLayers(fixture)]).toHaveLength(
        storage === 'overlay' ? 1 : 0,
      );
      expect((await eventsOf(machines)).at(-1)).toMatchObject({
        type: 'snapshotted',
        details: { snapshot: 'snap1' },
      });
    },
  );

  it.each(drivers)('on %s begins nothing that could not end when the files are gone', async (storage) => {
    const fixture = await withMachine('stopped', 'web', { storage });
    const { machines, paths } = fixture;
    await machines.snapshot('web', snapshotRequest());
    rmSync(join(paths.machine('web'), 'storage'), { recursive: true });
    const gone = { code: 'failed', message: 'its own files are gone' };
    expect(await caught(() => machines.snapshot('web', snapshotRequest()))).toMatchObject(gone);
    expect(await caught(() => machines.restore('web', 'snap1', work))).toMatchObject(gone);
    expect(await caught(() => machines.clone('web', 'trial', cloneRequest()))).toMatchObject(gone);
    await machines.clone('web@snap1', 'trial', cloneRequest());
    await machines.destroy('web', { force: false, now: true });
    expect((await machines.list()).map(({ name }) => name)).toEqual(['trial']);
  });

  it.each(drivers)(
    'of a running machine on %s is a copy, and says how long it stood still',
    async (storage) => {
      const fixture = await withMachine('running', 'web', { storage });
      writeFileOf(fixture, 'web', 'motd', 'one');
      const { machines } = fixture;
      const { layers } = (await machines.readConfig('web')).storage;
      expect(await machines.snapshot('web', snapshotRequest())).toMatchObject({ frozenMs: 7 });
      expect((await machines.readConfig('web')).storage).toEqual({
        driver: storage,
        layers,
        snapshot: 'snap1',
      });
      writeFileOf(fixture, 'web', 'motd', 'two');
      expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'motd')).toBe('one');
      await machines.freeze('web');
      await machines.snapshot('web', snapshotRequest());
      expect((await machines.info('web')).state).toBe('frozen');
      expect((await machines.snapshots('web')).map(({ name, parent }) => [name, parent])).toEqual([
        ['snap1', null],
        ['snap2', 'snap1'],
      ]);
    },
  );

  it('of a machine that has not changed makes no layer', async () => {
    const fixture = await withMachine();
    await fixture.machines.snapshot('web', snapshotRequest());
    await fixture.machines.snapshot('web', snapshotRequest());
    expect(snapshotLayers(fixture)).toEqual([]);
    expect(await fixture.machines.snapshots('web')).toHaveLength(2);
  });

  it('tells of the layer whose it is', async () => {
    const fixture = await withMachine();
    writeFileOf(fixture, 'web', 'a', '1');
    await fixture.machines.snapshot('web', snapshotRequest());
    const [id = ''] = snapshotLayers(fixture);
    expect(JSON.parse(readFileSync(join(fixture.paths.layer(id), 'layer.json'), 'utf8'))).toMatchObject({
      version: 1,
      id,
      kind: 'snapshot',
      machine: 'web',
    });
  });

  it.each([
    [{ snapshot: 'snap1' }, 'exists'],
    [{ snapshot: '../up' }, 'usage'],
    [{ snapshot: '.hidden' }, 'usage'],
    [{ snapshot: 'x'.repeat(64) }, 'usage'],
    [{ keep: 0 }, 'usage'],
    [{ keep: 1.5 }, 'usage'],
  ])('refuses %j', async (wrong, code) => {
    const { machines, root } = await withMachine();
    await machines.snapshot('web', snapshotRequest());
    expect((await caught(() => machines.snapshot('web', snapshotRequest(wrong)))).code).toBe(code);
    expect(await machines.snapshots('web')).toHaveLength(1);
    expect(readdirSync(join(root, 'intents'))).toEqual([]);
  });

  it('refuses a machine that is just starting, and one that is not there', async () => {
    const { machines, backend } = await withMachine();
    backend.put('web', { state: 'starting', monitorPid: 1 });
    expect((await caught(() => machines.snapshot('web', snapshotRequest()))).code).toBe('wrong-state');
    expect((await caught(() => machines.snapshot('none', snapshotRequest()))).code).toBe('no-such-machine');
  });

  it('takes names with dots and underscores, and counts on from the highest', async () => {
    const { machines } = await withMachine();
    for (const snapshot of ['v1.0_a', 'snap9', 'snap-10', undefined]) {
      await machines.snapshot('web', snapshotRequest({ snapshot }));
    }
    expect((await machines.snapshots('web')).map(({ name }) => name)).toContain('snap10');
  });

  it('that fails leaves nothing, and the next one works', async () => {
    const fixture = await withMachine();
    const { machines, backend, paths, root } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    const before = await machines.readConfig('web');
    backend.failNext('keep', Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'mkdir' }));
    expect(await caught(() => machines.snapshot('web', snapshotRequest()))).toMatchObject({
      errno: 'ENOSPC',
    });
    expect(await machines.readConfig('web')).toEqual(before);
    expect(await machines.snapshots('web')).toEqual([]);
    expect(readdirSync(paths.snapshots('web'))).toEqual([]);
    expect([...snapshotLayers(fixture), ...readdirSync(join(root, 'intents'))]).toEqual([]);
    await machines.snapshot('web', snapshotRequest());
    expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'a')).toBe('1');
  });

  it('that is interrupted says so and leaves nothing', async () => {
    const { machines, paths } = await withMachine();
    const signal = AbortSignal.abort();
    expect((await caught(() => machines.snapshot('web', snapshotRequest({ signal })))).message).toContain(
      'interrupted',
    );
    expect(existsSync(paths.snapshots('web'))).toBe(false);
  });

  it('that fails after files were moved is completed, and is no failure', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    const { keep } = fixture.backend.storage;
    let tries = 0;
    Object.assign(fixture.backend.storage, {
      keep: async (...args: Parameters<typeof keep>) => {
        const kept = await keep(...args);
        tries += 1;
        if (tries === 1) throw new Error('the disk is full');
        return kept;
      },
    });
    await machines.snapshot('web', snapshotRequest());
    expect(tries).toBe(2);
    expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'a')).toBe('1');
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
    expect(readdirSync(paths.intents)).toEqual([]);
  });

  it('does not keep a machine down that reboots meanwhile', async () => {
    const { machines, backend, paths } = await withMachine('running');
    const { keep } = backend.storage;
    const decided: unknown[] = [];
    Object.assign(backend.storage, {
      keep: async (...args: Parameters<typeof keep>) => {
        expect(readdirSync(paths.intents)).toEqual(['web.json']);
        backend.end('web', { reason: 'reboot' });
        decided.push(await machines.handleExit('web', { final: false }));
        return keep(...args);
      },
    });
    await machines.snapshot('web', snapshotRequest());
    expect(decided).toEqual(['start-again']);
  });

  it('with keep removes the oldest for good, and never an automatic one', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    for (const text of ['1', '2', '3']) {
      writeFileOf(fixture, 'web', 'a', text);
      await machines.snapshot('web', snapshotRequest());
    }
    await machines.restore('web', 'snap1', snapshotRequest());
    const { removed } = await machines.snapshot('web', snapshotRequest({ keep: 2 }));
    expect(removed).toEqual(['snap1', 'snap2']);
    expect((await machines.snapshots('web')).map(({ name }) => name).sort()).toEqual([
      'before-restore-1',
      'snap3',
      'snap4',
    ]);
    expect(readdirSync(join(root, 'trash'))).toEqual([]);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
    expect(readFileOfSnapshot(fixture, 'web', 'snap3', 'a')).toBe('3');
  });

  it('whose older ones cannot be removed says that it was taken', async () => {
    const fixture = await withMachine('stopped', 'web', { storage: 'dir' });
    const { machines, backend } = fixture;
    await machines.snapshot('web', snapshotRequest());
    writeFileOf(fixture, 'web', 'a', '1');
    backend.failNext('remove', new Error('no luck'));
    const { message } = await caught(() => machines.snapshot('web', snapshotRequest({ keep: 1 })));
    expect(message).toContain('snapshot snap2 was taken');
    expect(readFileOfSnapshot(fixture, 'web', 'snap2', 'a')).toBe('1');
  });

  it('broken off while older ones go says that it was taken, and what goes on by itself', async () => {
    const fixture = await withMachine('stopped', 'web', { storage: 'dir' });
    const { machines, backend, paths } = fixture;
    await machines.snapshot('web', snapshotRequest());
    const controller = new AbortController();
    const { remove } = backend.storage;
    const broken: typeof remove = async (path, work) => {
      if (work !== undefined) controller.abort();
      work?.signal.throwIfAborted();
      await remove(path);
    };
    Object.assign(backend.storage, { remove: broken });
    const request = snapshotRequest({ keep: 1, signal: controller.signal });
    const { message } = await caught(() => machines.snapshot('web', request));
    expect(message).toBe(
      'snapshot snap2 was taken, but older ones could not be removed: interrupted; they are gone, and what is left of the files will be',
    );
    expect((await machines.snapshots('web')).map(({ name }) => name)).toEqual(['snap2']);
    expect(readdirSync(paths.trash)).toEqual([expect.stringMatching(/^\.web@snap1\./)]);
    expect(readdirSync(paths.intents)).toHaveLength(1);
  });

  it('removes what has expired, but not itself', async () => {
    const { machines } = await withMachine();
    await machines.snapshot('web', snapshotRequest({ expiresAfterMs: 0 }));
    expect((await machines.snapshot('web', snapshotRequest({ expiresAfterMs: 0 }))).removed).toEqual([
      'snap1',
    ]);
    expect((await machines.snapshots('web')).map(({ name }) => name)).toEqual(['snap2']);
  });

  it('of one machine by two commands at once makes two', async () => {
    const fixture = await withMachine();
    const other = makeMachines(fixture.root);
    writeFileOf(fixture, 'web', 'a', '1');
    await Promise.all([
      fixture.machines.snapshot('web', snapshotRequest()),
      other.machines.snapshot('web', snapshotRequest()),
    ]);
    expect((await fixture.machines.snapshots('web')).map(({ name }) => name).sort()).toEqual([
      'snap1',
      'snap2',
    ]);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
  });
});

describe('snapshots', () => {
  it('shows a damaged one with the reason, and only that one is out of use', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    await machines.snapshot('web', snapshotRequest());
    const file = join(paths.snapshot('web', 'snap1'), 'snapshot.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100));
    const [damaged, whole] = [...(await machines.snapshots('web'))].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    expect(damaged).toMatchObject({ name: 'snap1', problem: expect.stringContaining('cut off') });
    expect(whole).toMatchObject({ name: 'snap2', problem: null });
    expect((await caught(() => machines.restore('web', 'snap1', snapshotRequest()))).code).toBe(
      'invalid-config',
    );
    await machines.restore('web', 'snap2', snapshotRequest());
    await machines.start('web', { ifNeeded: false });
    await machines.removeSnapshots('web', ['snap1'], { now: true });
    expect((await machines.snapshots('web')).map(({ name }) => name)).not.toContain('snap1');
  });

  it('says which layer of one is gone', async () => {
    const fixture = await withMachine();
    const { machines, backend, paths } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    const [id = ''] = snapshotLayers(fixture);
    await backend.storage.remove(paths.layer(id));
    expect((await machines.snapshots('web'))[0]?.problem).toContain(id);
    const { message } = await caught(() => machines.restore('web', 'snap1', snapshotRequest()));
    expect(message).toContain(id);
  });
});
