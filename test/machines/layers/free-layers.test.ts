import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newLayerId } from '../../../src/machines/layers/new-layer.ts';
import { writeIntent } from '../../../src/machines/store/intents.ts';
import { lockNames } from '../../../src/machines/store/lock.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import { flock } from '../../fakes/flock.ts';
import {
  cloneRequest,
  readFileOf,
  snapshotLayers,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

/** A layer that nothing names. */
function stray({ paths }: MachinesFixture): string {
  const id = newLayerId();
  mkdirSync(paths.layerTree(id), { recursive: true });
  writeFileSync(join(paths.layer(id), 'layer.json'), '{}');
  return id;
}

async function free({ machines }: MachinesFixture): Promise<void> {
  await machines.create(request('passing'));
  await machines.destroy('passing', { force: false, now: true });
}

describe('layers', () => {
  it('that nothing names are removed when something goes for good; those of images stay', async () => {
    const fixture = await withMachine();
    const before = readdirSync(fixture.paths.layers);
    stray(fixture);
    await fixture.machines.destroy('web', { force: false, now: true });
    expect(readdirSync(fixture.paths.layers)).toEqual(before);
  });

  it('of an image that went before its last machine go with that', async () => {
    const { machines, paths } = await withMachine();
    rmSync(paths.images, { recursive: true });
    await machines.destroy('web', { force: false, now: false });
    expect(readdirSync(paths.layers)).toHaveLength(1);
    await machines.emptyTrash(undefined);
    expect(readdirSync(paths.layers)).toEqual([]);
  });

  it('stay if a command at work names them', async () => {
    const fixture = await withMachine();
    const layer = stray(fixture);
    const intent = {
      operation: 'clone',
      name: 'new',
      source: 'web',
      layer,
      sourceConfig: undefined,
    } as const;
    writeIntent(fixture.paths, intent);
    await free(fixture);
    expect(existsSync(fixture.paths.layer(layer))).toBe(true);
  });

  it.each([
    ['a config', (root: string) => join(root, 'machines', 'web', 'config.json')],
    ['a snapshot', (root: string) => join(root, 'machines', 'web', 'snapshots', 'snap1', 'snapshot.json')],
    ['an image', (root: string) => join(root, 'images', 'tiny-hello.json')],
  ])('stay, all of them, while %s cannot be read, and the journal says why', async (_, fileIn) => {
    const fixture = await withMachine();
    const { machines, root, paths } = fixture;
    await machines.snapshot('web', snapshotRequest());
    const layer = stray(fixture);
    const file = fileIn(root);
    await machines.create(request('passing'));
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, 30));
    await machines.destroy('passing', { force: false, now: true });
    expect(existsSync(paths.layer(layer))).toBe(true);
    expect((await eventsOf(machines)).at(-1)).toMatchObject({ type: 'layers-kept', details: { path: file } });
    writeFileSync(file, whole);
    await free(fixture);
    expect(existsSync(paths.layer(layer))).toBe(false);
  });

  it('of a version of config that is not known here stay', async () => {
    const fixture = await withMachine();
    const layer = stray(fixture);
    await fixture.machines.create(request('passing'));
    const file = join(fixture.paths.machine('web'), 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'));
    await fixture.machines.destroy('passing', { force: false, now: true });
    expect(existsSync(fixture.paths.layer(layer))).toBe(true);
  });

  it('whose deletion was interrupted go the next time', async () => {
    const fixture = await withMachine();
    mkdirSync(join(fixture.paths.layers, `.${newLayerId()}`));
    await free(fixture);
    expect(readdirSync(fixture.paths.layers).filter((id) => id.startsWith('.'))).toEqual([]);
  });

  it('are never taken from a clone that is made while its source goes', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    const other = makeMachines(root).machines;
    for (let round = 0; round < 8; round += 1) {
      const [source, copy] = [`source${round}`, `copy${round}`];
      await machines.clone('web', source, cloneRequest());
      writeFileOf(fixture, source, 'a', String(round));
      await machines.snapshot(source, snapshotRequest());
      await Promise.all([
        machines.clone(`${source}@snap1`, copy, cloneRequest()).catch(() => {}),
        other.destroy(source, { force: false, now: true }),
      ]);
      if ((await machines.names()).includes(copy)) {
        expect(readFileOf(fixture, copy, 'a')).toBe(String(round));
        await machines.destroy(copy, { force: false, now: true });
      }
    }
    expect(snapshotLayers(fixture)).toEqual([]);
  });

  it('are never taken from a machine that moves while others go', async () => {
    const fixture = await withMachine();
    const { machines, root } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    const other = makeMachines(root);
    let name = 'web';
    for (let round = 0; round < 5; round += 1) {
      const next = `web${round}`;
      await Promise.all([
        machines
          .rename(name, next)
          .then(() => machines.destroy(next, { force: false, now: false }))
          .then(async () =>
            machines.restoreFromTrash((await machines.trash())[0]?.entry ?? '', { as: undefined }),
          ),
        free(other).then(() => free(other)),
      ]);
      name = next;
    }
    expect(readFileOf(fixture, name, 'a')).toBe('1');
  });
});

describe('who looks for free layers', () => {
  it('waits for nobody who copies their names, and is waited for by all who move or take them away', async () => {
    const fixture = await withMachine();
    const { machines, root, paths } = fixture;
    for (const name of ['db', 'gone']) await machines.create(request(name));
    await machines.destroy('gone', { force: false, now: false });
    const [{ entry } = { entry: '' }] = await machines.trash();
    for (const name of ['web', 'db']) await machines.snapshot(name, snapshotRequest());
    const held = await lockNames(paths.locks, flock, ['all.layers'], 0);
    const hurried = makeMachines(root, 10).machines;
    await hurried.clone('web', 'copy', cloneRequest());
    await hurried.clone('web@snap1', 'other', cloneRequest());
    const deeds = [
      () => hurried.destroy('copy', { force: false, now: false }),
      () => hurried.rename('other', 'renamed'),
      () => hurried.emptyTrash([entry]),
      () => hurried.restoreFromTrash(entry, { as: undefined }),
      () => hurried.removeSnapshots('web', ['snap1'], { now: false }),
    ];
    for (const deed of deeds) expect((await caught(deed)).code, String(deed)).toBe('busy');
    expect(await machines.names()).toEqual(['copy', 'db', 'other', 'web']);
    expect(readdirSync(paths.trash)).toEqual([entry]);
    held.release();
    for (const name of ['web', 'gone']) await machines.changeSettings(name, { 'pids.max': '9' });
    expect([readdirSync(paths.intents), await machines.snapshots('web')]).toEqual([[], []]);
  });
});

describe('disk usage', () => {
  it('tells what would be freed with the machine from what others use', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    await machines.create(request('db'));
    const image = 'hello'.length;
    const hostname = 'web'.length;
    expect(await machines.diskUsage('web')).toEqual({ ownBytes: hostname, sharedBytes: image });
    writeFileOf(fixture, 'web', 'a', 'x'.repeat(1000));
    await machines.snapshot('web', snapshotRequest());
    const alone = await machines.diskUsage('web');
    expect(alone.ownBytes).toBeGreaterThan(1000);
    expect(alone.sharedBytes).toBe(image);
    await machines.clone('web@snap1', 'copy', cloneRequest());
    expect((await machines.diskUsage('web')).sharedBytes).toBe(image + 1000);
    expect((await machines.diskUsage('copy')).ownBytes).toBe('copy'.length);
    await machines.restore('web', 'snap1', work);
    expect((await machines.diskUsage('web')).sharedBytes).toBe(image + 1000);
  });
});
