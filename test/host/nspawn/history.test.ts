/** Kept states and the trash, on a real systemd-machined: on btrfs, and as plain directories. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createNspawnManager } from '../../../src/backends/nspawn/nspawn-backend.ts';
import type { MachineEvent } from '../../../src/machines/events/events.ts';
import { openManaged } from '../../../src/machines/managed/open-managed.ts';
import { makeDomain } from '../../../src/machines/open-machines.ts';
import { createFakeBackend } from '../../fakes/fake-backend.ts';
import { createFakeLater } from '../../fakes/fake-later.ts';
import { flock } from '../../fakes/flock.ts';
import { snapshotRequest, work } from '../../fakes/machine-files.ts';
import { caught } from '../../machines/caught.ts';
import { HELPER } from '../native-machine.ts';
import { withNspawnHost } from './nspawn-host.ts';

const POOL = '/var/lib/machines';
const SETTINGS = '/etc/systemd/nspawn';
const { root, busyboxImage, machinectl, cli, done, cleanUp } = withNspawnHost();
const manager = createNspawnManager({ environment: process.env, helperPath: HELPER });
const domain = makeDomain({
  // Of native machines, of which there are none here.
  backend: createFakeBackend(root),
  root,
  runRoot: join(root, 'run'),
  templates: [],
  lock: flock,
  later: createFakeLater(),
});
const machines = openManaged({ manager: async () => manager, domain });

afterEach(cleanUp);
afterAll(manager.close);

const fileOf = (image: string, path = 'note') => join(POOL, image, path);
const read = (image: string, path?: string) => readFileSync(fileOf(image, path), 'utf8');
const settingsOf = (name: string) => readFileSync(join(SETTINGS, `${name}.nspawn`), 'utf8');

/** Name and whether it is read-only, hidden ones too. */
async function images(): Promise<readonly string[]> {
  const lines = (await machinectl('list-images', '--all', '--no-legend')).split('\n');
  return lines
    .map((line) => line.split(/\s+/))
    .filter(([name = '']) => name !== '' && name !== '.host')
    .map(([name, , readOnly]) => (readOnly === 'yes' ? `${name} (ro)` : `${name}`))
    .sort();
}

/** A machine with a file in it; as a plain directory it is no subvolume. */
async function makeMachine(kind: 'subvolume' | 'directory', name = 'web'): Promise<void> {
  await busyboxImage(name);
  if (kind === 'directory') {
    execFileSync('cp', ['-a', '--reflink=auto', join(POOL, name), join(POOL, '.plain')]);
    execFileSync('btrfs', ['subvolume', 'delete', join(POOL, name)]);
    execFileSync('mv', [join(POOL, '.plain'), join(POOL, name)]);
  }
  writeFileSync(fileOf(name), 'one\n');
}

async function changes(from: string, to?: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { kind, path } of machines.diff(from, to, undefined)) found.push(`${kind} ${path}`);
  return found;
}

describe.each(['subvolume', 'directory'] as const)('a machine whose image is a %s', (kind) => {
  it('is kept, compared and restored with its settings, and machinectl sees all of it', async () => {
    await makeMachine(kind);
    await machines.snapshot('web', snapshotRequest({ comment: 'the "first"' }));
    writeFileSync(fileOf('web'), 'two\n');
    writeFileSync(join(SETTINGS, 'web.nspawn'), `${settingsOf('web')}\n[Network]\nPrivate=yes\n`);
    expect(await images()).toEqual(['web', 'web@snap1 (ro)']);
    expect(await changes('web')).toEqual(['modified /note']);
    expect((await machines.diffFile('web', undefined, '/note')).text).toMatch(/-one\n\+two\n$/);
    expect(await machines.restore('web', 'snap1', work)).toBe('before-restore-1');
    expect([read('web'), read('web@before-restore-1')]).toEqual(['one\n', 'two\n']);
    expect(await images()).toEqual(['web', 'web@before-restore-1 (ro)', 'web@snap1 (ro)']);
    expect(settingsOf('web')).not.toContain('Private=yes');
    expect(settingsOf('web@before-restore-1')).toContain('Private=yes');
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'snap1', comment: 'the "first"', current: true },
      { name: 'before-restore-1', automatic: true, parent: 'snap1' },
    ]);
    expect(await machines.undo(work)).toMatchObject({ deed: 'restore' });
    expect(read('web')).toBe('two\n');
    expect(settingsOf('web')).toContain('Private=yes');
    expect((await machines.snapshotBytes('web')).get('snap1')).toBeGreaterThan(100_000);
  });

  it('that runs is kept while it runs, and refuses a restore', async () => {
    await makeMachine(kind);
    await machinectl('start', 'web');
    const { snapshot, frozenMs } = await machines.snapshot('web', snapshotRequest());
    expect(frozenMs === undefined).toBe(kind === 'subvolume');
    expect(await machinectl('show', 'web', '--property=State', '--value')).toBe('running');
    expect(read('web@snap1')).toBe('one\n');
    expect(await caught(() => machines.restore('web', snapshot, work))).toMatchObject({
      code: 'wrong-state',
      hint: 'stop it first: tsmachine stop web',
    });
  });

  it('has snapshots that go to the trash and come back, and paths that are put back', async () => {
    await makeMachine(kind);
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const [entry] = await machines.trash();
    expect(entry).toMatchObject({ kind: 'snapshot', machine: 'web', snapshot: 'snap1' });
    expect(await images()).toEqual([
      expect.stringMatching(/^\.tsmachine-trash-snapshot\.\d+\.web@snap1 \(ro\)$/),
      'web',
    ]);
    expect(await machines.restoreFromTrash(entry?.entry ?? '', { as: 'again' })).toBe('web');
    writeFileSync(fileOf('web'), 'two\n');
    execFileSync('chown', ['7:8', fileOf('web')]);
    await machines.revert('web', ['/note'], 'web@again', work);
    expect(read('web')).toBe('one\n');
    expect(await machines.undo(work)).toMatchObject({ deed: 'revert', paths: ['/note'] });
    expect(read('web')).toBe('two\n');
    expect(await changes('web')).toEqual(['modified /note']);
    await machines.emptyTrash(undefined);
    expect(await images()).toEqual(['web', 'web@again (ro)']);
    await machines.removeSnapshots('web', ['again'], { now: true });
    expect(await images()).toEqual(['web']);
    expect(existsSync(join(SETTINGS, 'web@again.nspawn'))).toBe(false);
  });

  it('comes back from the trash with all that was kept of it', async () => {
    await makeMachine(kind);
    await machines.snapshot('web', snapshotRequest());
    await machines.destroy('web', { force: false, now: false });
    expect(await machinectl('list-images', '--no-legend')).not.toContain('web');
    const [entry] = await machines.trash();
    expect(await machines.restoreFromTrash(entry?.entry ?? '', { as: undefined })).toBe('web');
    expect(await images()).toEqual(['web', 'web@snap1 (ro)']);
    await machines.destroy('web', { force: false, now: false });
    expect(await machines.undo(work)).toMatchObject({ deed: 'destroy', machine: 'web' });
    await machinectl('start', 'web');
    expect(await machinectl('show', 'web', '--property=State', '--value')).toBe('running');
  });
});

describe('what machinectl made', () => {
  it('is kept and restored as ours, and its settings stay as they are', async () => {
    await makeMachine('subvolume');
    const before = settingsOf('web');
    await machinectl('clone', '--read-only', 'web', 'web@by-hand');
    writeFileSync(fileOf('web'), 'two\n');
    await machines.snapshot('web', snapshotRequest());
    expect(settingsOf('web')).toBe(before);
    expect((await machines.snapshots('web')).map(({ name, parent }) => [name, parent])).toEqual([
      ['by-hand', null],
      ['snap1', 'by-hand'],
    ]);
    await machines.restore('web', 'by-hand', work);
    expect(read('web')).toBe('one\n');
  });

  it('and removed meanwhile is not there any more', async () => {
    await makeMachine('subvolume');
    await machines.snapshot('web', snapshotRequest());
    await machinectl('remove', 'web@snap1');
    expect(await machines.snapshots('web')).toEqual([]);
    expect((await caught(() => machines.restore('web', 'snap1', work))).code).toBe('no-such-machine');
  });
});

describe('a restore that is killed', () => {
  it.each([2, 3, 4, 5])(
    'at step %d is done or undone by the next command, on whatever machine',
    async (step) => {
      await makeMachine('subvolume');
      await done(['snapshot', 'web']);
      writeFileSync(fileOf('web'), 'two\n');
      const killed = await cli(['restore', 'web', 'snap1'], {
        env: { TSMACHINE_CRASH_AT: `managed-restore:${step}` },
      });
      expect(killed.killedBy).toBe('SIGKILL');
      await busyboxImage('other');
      await done(['snapshot', 'other']);
      const isDone = step > 2;
      expect((await images()).filter((name) => !name.startsWith('other'))).toEqual(
        isDone ? ['web', 'web@before-restore-1 (ro)', 'web@snap1 (ro)'] : ['web', 'web@snap1 (ro)'],
      );
      expect(read('web')).toBe(isDone ? 'one\n' : 'two\n');
      if (!isDone) return;
      expect(read('web@before-restore-1')).toBe('two\n');
      expect(await done(['undo'])).toContain('web');
      expect(read('web')).toBe('two\n');
    },
  );
});

describe('a destroyed machine', () => {
  it('has its limits again when it is back, and leaves none to the next of its name', async () => {
    await makeMachine('subvolume');
    await machines.changeSettings('web', { 'pids.max': '50' });
    await machines.destroy('web', { force: false, now: false });
    await makeMachine('subvolume');
    expect((await machines.settings('web'))['pids.max']).not.toBe('50');
    await machines.destroy('web', { force: false, now: true });
    const [entry] = await machines.trash();
    await machines.restoreFromTrash(entry?.entry ?? '', { as: undefined });
    expect((await machines.settings('web'))['pids.max']).toBe('50');
  });
});

describe('the journal', () => {
  it('tells what was done, and by whom the machine is kept', async () => {
    await makeMachine('subvolume');
    await machines.snapshot('web', snapshotRequest());
    const events: readonly MachineEvent[] = [...domain.journal.read()];
    expect(events.at(-1)).toMatchObject({ name: 'web', type: 'snapshotted', details: { backend: 'nspawn' } });
  });
});
