import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  readFileOf,
  readFileOfSnapshot,
  snapshotLayers,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

/** snap1 holds `a` = 1, the machine `a` = 2. */
async function withSnapshot(storage: 'overlay' | 'dir' | 'btrfs' = 'overlay'): Promise<MachinesFixture> {
  const fixture = await withMachine('stopped', 'web', { storage });
  writeFileOf(fixture, 'web', 'a', '1');
  await fixture.machines.snapshot('web', snapshotRequest());
  writeFileOf(fixture, 'web', 'a', '2');
  return fixture;
}

/** Everything under the root, but the journal and locks. */
function contents(root: string): readonly string[] {
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((path) => !/^(events|locks)/.test(path))
    .sort();
}

describe('restore', () => {
  it.each(['overlay', 'dir', 'btrfs'] as const)(
    'on %s puts files and configuration back, and keeps what was',
    async (storage) => {
      const fixture = await withSnapshot(storage);
      const { machines, root } = fixture;
      await machines.changeSettings('web', { 'pids.max': '9' });
      expect(await machines.restore('web', 'snap1', work)).toBe('before-restore-1');
      expect(readFileOf(fixture, 'web', 'a')).toBe('1');
      expect((await machines.readConfig('web')).limits).toEqual({});
      expect((await machines.readConfig('web')).storage.snapshot).toBe('snap1');
      expect(readFileOfSnapshot(fixture, 'web', 'before-restore-1', 'a')).toBe('2');
      expect(await machines.snapshots('web')).toMatchObject([
        { name: 'snap1', current: true },
        { name: 'before-restore-1', parent: 'snap1', automatic: true, expiresAt: expect.any(String) },
      ]);
      expect(readdirSync(join(root, 'intents'))).toEqual([]);
      expect((await eventsOf(machines)).at(-1)).toMatchObject({
        type: 'restored',
        details: { snapshot: 'snap1', before: 'before-restore-1' },
      });
      await machines.restore('web', 'before-restore-1', work);
      expect(readFileOf(fixture, 'web', 'a')).toBe('2');
      expect((await machines.readConfig('web')).limits).toEqual({ 'pids.max': 9 });
    },
  );

  it('leaves the machine who it is', async () => {
    const fixture = await withSnapshot();
    const { machines, paths } = fixture;
    const file = join(paths.snapshot('web', 'snap1'), 'snapshot.json');
    const stored = JSON.parse(readFileSync(file, 'utf8'));
    const strange = {
      machineId: 'f'.repeat(32),
      createdAt: '2000-01-01T00:00:00.000Z',
      idRange: { base: 5, count: 5 },
    };
    writeFileSync(file, JSON.stringify({ ...stored, config: { ...stored.config, ...strange } }));
    const { machineId, createdAt, idRange } = await machines.readConfig('web');
    await machines.restore('web', 'snap1', work);
    expect(await machines.readConfig('web')).toMatchObject({ machineId, createdAt, idRange });
  });

  it('writes the identity only if the files carry another one', async () => {
    const { machines, backend } = await withSnapshot();
    await machines.restore('web', 'snap1', work);
    expect(backend.calls).not.toContain('writeIdentity web');
    await machines.rename('web', 'www');
    await machines.restore('www', 'snap1', work);
    expect(backend.calls.filter((call) => call === 'writeIdentity www')).toHaveLength(2);
    expect(await machines.snapshots('www')).toHaveLength(3);
  });

  it('of a running machine says what to do first, and changes nothing', async () => {
    const { machines } = await withSnapshot();
    await machines.start('web', { ifNeeded: false });
    expect(await caught(() => machines.restore('web', 'snap1', work))).toMatchObject({
      code: 'wrong-state',
      hint: expect.stringContaining('tsmachine stop web'),
    });
    expect(await machines.snapshots('web')).toHaveLength(1);
  });

  it.each<[string, (fixture: MachinesFixture) => unknown, string]>([
    ['that is not there', () => 'snap2', 'no-such-machine'],
    ['with a path for a name', () => '../../etc', 'usage'],
    [
      'whose layer is gone',
      (fixture) => rmSync(fixture.paths.layer(snapshotLayers(fixture)[0] ?? ''), { recursive: true }),
      'invalid-config',
    ],
    [
      'whose file is gone',
      ({ paths }) => rmSync(join(paths.snapshot('web', 'snap1'), 'snapshot.json')),
      'invalid-config',
    ],
    [
      'whose configuration is not valid today',
      ({ paths }) => {
        const file = join(paths.snapshot('web', 'snap1'), 'snapshot.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"nesting": false', '"nesting": "no"'));
      },
      'invalid-config',
    ],
    [
      'of a newer version',
      ({ paths }) => {
        const file = join(paths.snapshot('web', 'snap1'), 'snapshot.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
      },
      'invalid-config',
    ],
  ])('to a snapshot %s changes nothing', async (_, spoil, code) => {
    const fixture = await withSnapshot();
    const wanted = spoil(fixture);
    const name = typeof wanted === 'string' ? wanted : 'snap1';
    const before = contents(fixture.root);
    expect((await caught(() => fixture.machines.restore('web', name, work))).code).toBe(code);
    expect(contents(fixture.root)).toEqual(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('2');
  });

  it('names the snapshot that was meant', async () => {
    const { machines } = await withSnapshot();
    expect((await caught(() => machines.restore('web', 'snpa1', work))).hint).toContain('"snap1"');
  });

  it('that fails leaves the machine as it was', async () => {
    const fixture = await withSnapshot();
    const before = contents(fixture.root);
    fixture.backend.failNext('replace', new Error('no luck'));
    await caught(() => fixture.machines.restore('web', 'snap1', work));
    expect(contents(fixture.root)).toEqual(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('2');
  });

  it('keeps three automatic snapshots, the newest, and what it went to', async () => {
    const fixture = await withSnapshot();
    const { machines, root } = fixture;
    for (let turn = 2; turn < 7; turn += 1) {
      await machines.restore('web', 'snap1', work);
      writeFileOf(fixture, 'web', 'a', String(turn + 1));
    }
    const names = (await machines.snapshots('web')).map(({ name }) => name);
    expect(names).toEqual(['snap1', 'before-restore-3', 'before-restore-4', 'before-restore-5']);
    await machines.restore('web', 'before-restore-3', work);
    expect(readFileOf(fixture, 'web', 'a')).toBe('4');
    expect((await machines.snapshots('web')).map(({ name }) => name)).toEqual([
      'snap1',
      'before-restore-3',
      'before-restore-5',
      'before-restore-6',
    ]);
    expect(existsSync(join(root, 'trash')) ? readdirSync(join(root, 'trash')) : []).toEqual([]);
  });
});
