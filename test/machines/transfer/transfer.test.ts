import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StorageProgress, syncing } from '../../../src/backends/storage.ts';
import type { ExportRequest, ImportRequest } from '../../../src/machines/machines.ts';
import { dropIntent, writeIntent } from '../../../src/machines/store/intents.ts';
import { writePart } from '../../../src/machines/transfer/archive-file.ts';
import { recoverExport } from '../../../src/machines/transfer/export.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  readFileOf,
  readFileOfSnapshot,
  snapshotLayers,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const drivers = ['overlay', 'dir', 'btrfs'] as const;

function exportRequest(path: string, changes: Partial<ExportRequest> = {}): ExportRequest {
  return { ...work, target: { path }, snapshots: false, force: false, ...changes };
}

function importRequest(path: string, changes: Partial<ImportRequest> = {}): ImportRequest {
  const request = {
    name: undefined,
    storage: undefined,
    keepIdentity: false,
    trust: false,
    maxBytes: undefined,
  };
  return { ...work, ...request, source: { path }, ...changes };
}

function entries(...path: readonly string[]): readonly string[] {
  const folder = join(...path);
  return existsSync(folder) ? readdirSync(folder) : [];
}

function expectNothingHalfDone({ root }: MachinesFixture): void {
  expect([...entries(root, 'staging'), ...entries(root, 'intents')]).toEqual([]);
  expect(entries(root).filter((name) => name.endsWith('.part'))).toEqual([]);
}

/** A machine with two snapshots, in the file that is returned. */
async function exported(fixture: MachinesFixture, changes: Partial<ExportRequest> = {}): Promise<string> {
  const { machines, root } = fixture;
  await machines.changeSettings('web', { hostname: 'www.example', 'pids.max': '9' });
  writeFileOf(fixture, 'web', 'a', '1');
  await machines.snapshot('web', snapshotRequest({ comment: 'first' }));
  writeFileOf(fixture, 'web', 'a', '2');
  await machines.snapshot('web', snapshotRequest());
  writeFileOf(fixture, 'web', 'a', '3');
  const path = join(root, 'web.tar.zst');
  await machines.exportMachine('web', exportRequest(path, changes));
  return path;
}

describe('export and import', () => {
  it.each(drivers)('on %s give another machine with the same files and snapshots', async (storage) => {
    const fixture = await withMachine('stopped', 'web', { storage });
    const { machines } = fixture;
    const path = await exported(fixture, { snapshots: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const imported = await machines.importMachine(importRequest(path, { name: 'copy' }));
    expect(imported).toEqual({ name: 'copy', snapshots: ['snap1', 'snap2'], leftOut: [] });
    expect(readFileOf(fixture, 'copy', 'a')).toBe('3');
    expect(['snap1', 'snap2'].map((name) => readFileOfSnapshot(fixture, 'copy', name, 'a'))).toEqual([
      '1',
      '2',
    ]);
    expect(await machines.snapshots('copy')).toEqual(await machines.snapshots('web'));
    const [source, copy] = [await machines.readConfig('web'), await machines.readConfig('copy')];
    expect(copy.machineId).not.toBe(source.machineId);
    expect(copy.idRange.base).not.toBe(source.idRange.base);
    expect(copy.limits).toEqual({ 'pids.max': 9 });
    expect([copy.hostname, copy.storage.driver, copy.storage.snapshot]).toEqual([
      undefined,
      storage,
      'snap2',
    ]);
    expectNothingHalfDone(fixture);
    expect((await eventsOf(machines)).slice(-2)).toMatchObject([
      { name: 'web', type: 'exported', details: { source: 'web', path } },
      { name: 'copy', type: 'imported', details: { from: 'web' } },
    ]);
    await machines.destroy('web', { force: false, now: true });
    expect(readFileOfSnapshot(fixture, 'copy', 'snap1', 'a')).toBe('1');
    await machines.destroy('copy', { force: false, now: true });
    expect(snapshotLayers(fixture)).toEqual([]);
  });

  it('of one state leave its snapshots, and go to another driver', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    await exported(fixture);
    const path = join(root, 'one.tar');
    await machines.exportMachine('web@snap1', exportRequest(path));
    await machines.importMachine(importRequest(path, { name: 'copy', storage: 'dir' }));
    expect(readFileOf(fixture, 'copy', 'a')).toBe('1');
    expect(await machines.snapshots('copy')).toEqual([]);
    expect((await machines.readConfig('copy')).storage).toEqual({ driver: 'dir', layers: [] });
  });

  it('of a snapshot with all others goes on from it, also while the machine runs', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    await exported(fixture);
    await machines.start('web', { ifNeeded: false });
    const path = join(root, 'all.tar.xz');
    await machines.exportMachine('web@snap1', exportRequest(path, { snapshots: true }));
    await machines.importMachine(importRequest(path, { name: 'copy' }));
    expect(readFileOf(fixture, 'copy', 'a')).toBe('1');
    expect((await machines.snapshots('copy')).map(({ name, current }) => [name, current])).toEqual([
      ['snap1', true],
      ['snap2', false],
    ]);
  });

  it('with its identity kept is the same machine under another name', async () => {
    const fixture = await withMachine();
    const { machines, backend } = fixture;
    const path = await exported(fixture);
    await machines.importMachine(importRequest(path, { name: 'copy', keepIdentity: true }));
    const [source, copy] = [await machines.readConfig('web'), await machines.readConfig('copy')];
    expect([copy.machineId, copy.createdAt, copy.hostname]).toEqual([
      source.machineId,
      source.createdAt,
      'www.example',
    ]);
    expect(backend.calls).not.toContain('renewIdentity copy');
  });
});

describe('export', () => {
  it('of a running machine says what to do', async () => {
    const { machines, root } = await withMachine('running');
    const error = await caught(() => machines.exportMachine('web', exportRequest(join(root, 'web.tar'))));
    expect([error.code, error.hint]).toEqual(['wrong-state', expect.stringContaining('tsmachine stop web')]);
    expect(error.hint).toContain('web@SNAPSHOT');
  });

  it('keeps a file that is there, unless it is forced', async () => {
    const fixture = await withMachine();
    const path = join(fixture.root, 'web.tar.gz');
    writeFileSync(path, 'mine');
    const { machines } = fixture;
    expect((await caught(() => machines.exportMachine('web', exportRequest(path)))).code).toBe('exists');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await machines.exportMachine('web', exportRequest(path, { force: true }));
    expect(readFileSync(path, 'utf8')).toMatch(/^half\{/);
  });

  it('tells at the end that it waits for the disk', async () => {
    const { machines, root } = await withMachine();
    const told: StorageProgress[] = [];
    const progress = (step: StorageProgress) => told.push(step);
    await machines.exportMachine('web', exportRequest(join(root, 'web.tar'), { progress }));
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toEqual(syncing);
  });

  it('leaves alone what another one is writing', async () => {
    const { machines, root } = await withMachine();
    const path = join(root, 'web.tar');
    writeFileSync(`${path}.part`, 'theirs');
    expect((await caught(() => machines.exportMachine('web', exportRequest(path)))).code).toBe('busy');
    expect(readFileSync(`${path}.part`, 'utf8')).toBe('theirs');
  });

  it('that was slower than another one to the same file takes nothing away', async () => {
    const fixture = await withMachine();
    const part = join(fixture.root, 'web.tar.part');
    writeFileSync(part, 'theirs');
    const domain = { ...fixture, backend: fixture.backend } as never;
    const ours = { operation: 'export', name: 'web', part } as const;
    expect((await caught(() => writePart(part, async () => {}, work))).code).toBe('busy');
    writeIntent(fixture.paths, { ...ours, name: 'other' });
    expect(await recoverExport(domain, ours)).toBeUndefined();
    expect(readFileSync(part, 'utf8')).toBe('theirs');
    dropIntent(fixture.paths, { ...ours, name: 'other' });
    expect(await recoverExport(domain, ours)).toBe('undone');
    expect(existsSync(part)).toBe(false);
  });

  it('locks the machine: who waits for it is told what for, who only looks does not wait', async () => {
    const { machines, backend, root } = await withMachine('stopped');
    const { pack } = backend.storage;
    const exporting = new Promise<void>((begun) => {
      Object.assign(backend.storage, {
        pack: async (...given: Parameters<typeof pack>) => {
          begun();
          await finish;
          await pack(...given);
        },
      });
    });
    let end = () => {};
    const finish = new Promise<void>((done) => {
      end = done;
    });
    const done = machines.exportMachine('web', exportRequest(join(root, 'web.tar')));
    await exporting;
    const impatient = makeMachines(root, 0).machines;
    expect(await caught(() => impatient.start('web', { ifNeeded: false }))).toMatchObject({
      code: 'busy',
      message: expect.stringMatching(/^another command is working on it \(process \d+\): export$/),
    });
    expect(await impatient.list()).toHaveLength(1);
    end();
    await done;
  });

  it.each(['web', 'web.zip', 'web.tar.bz2'])('to %s is refused: its name does not say how', async (name) => {
    const { machines, root } = await withMachine();
    expect((await caught(() => machines.exportMachine('web', exportRequest(join(root, name))))).code).toBe(
      'usage',
    );
  });

  it('that fails or is interrupted leaves no half file, and what was there', async () => {
    const fixture = await withMachine();
    const { machines, backend, root } = fixture;
    const path = join(root, 'web.tar');
    writeFileSync(path, 'mine');
    backend.failNext('pack', new Error('no luck'));
    const request = exportRequest(path, { force: true });
    expect((await caught(() => machines.exportMachine('web', request))).message).toBe('no luck');
    const abort = new AbortController();
    const interrupted = { ...request, progress: () => abort.abort(), signal: abort.signal };
    expect((await caught(() => machines.exportMachine('web', interrupted))).message).toContain('interrupted');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expectNothingHalfDone(fixture);
  });
});

describe('import', () => {
  it('from or to a place that is not there says so, and what the kernel said', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    const none = join(root, 'none');
    expect(await caught(() => machines.importMachine(importRequest(none)))).toMatchObject({
      message: `there is no file "${none}"`,
      syscall: 'open',
      errno: 'ENOENT',
    });
    expect(
      await caught(() => machines.exportMachine('web', exportRequest(join(none, 'a.tar')))),
    ).toMatchObject({ message: `there is no folder ${none}`, errno: 'ENOENT' });
    expectNothingHalfDone(fixture);
  });

  it('of a name that is taken is refused', async () => {
    const fixture = await withMachine();
    const path = await exported(fixture);
    expect((await caught(() => fixture.machines.importMachine(importRequest(path)))).code).toBe('exists');
  });

  it.each(['allocateIdRange', 'adopt', 'renewIdentity'])('that fails at %s leaves nothing', async (verb) => {
    const fixture = await withMachine();
    const { machines, backend, root } = fixture;
    const path = await exported(fixture, { snapshots: true });
    const layers = snapshotLayers(fixture).length;
    backend.failNext(verb, new Error('no luck'));
    const request = importRequest(path, { name: 'copy' });
    expect((await caught(() => machines.importMachine(request))).message).toBe('no luck');
    expect([await machines.names(), entries(root, 'ids').length]).toEqual([['web'], 1]);
    expect(snapshotLayers(fixture)).toHaveLength(layers);
    expectNothingHalfDone(fixture);
    await machines.importMachine(request);
    expect(readFileOf(fixture, 'copy', 'a')).toBe('3');
  });

  it('does not take over what opens the host, unless it is trusted, and says so', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    await machines.changeSettings('web', { privileged: 'true', nesting: 'true', 'devices.allow': 'a' });
    await machines.snapshot('web', snapshotRequest());
    await machines.changeSettings('web', { privileged: 'false' });
    const path = join(root, 'web.tar');
    await machines.exportMachine('web', exportRequest(path, { snapshots: true }));
    const { leftOut } = await machines.importMachine(importRequest(path, { name: 'copy' }));
    expect(leftOut).toEqual(['nesting', 'devices.allow', 'privileged']);
    await machines.restore('copy', 'snap1', work);
    expect(await machines.readConfig('copy')).toMatchObject({
      privileged: false,
      nesting: false,
      limits: {},
    });
    const trusted = await machines.importMachine(importRequest(path, { name: 'trusted', trust: true }));
    expect(trusted.leftOut).toEqual([]);
    await machines.restore('trusted', 'snap1', work);
    expect(await machines.readConfig('trusted')).toMatchObject({
      privileged: true,
      nesting: true,
      limits: { 'devices.allow': { a: 'rwm' } },
    });
  });
});
