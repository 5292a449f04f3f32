import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { templateHint } from '../../../src/machines/images/template-choice.ts';
import { newLayerId } from '../../../src/machines/layers/new-layer.ts';
import { lockNames } from '../../../src/machines/store/lock.ts';
import { busybox } from '../../../src/templates/busybox/busybox.ts';
import { debian } from '../../../src/templates/debian/debian.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { flock } from '../../fakes/flock.ts';
import { cloneRequest, snapshotRequest } from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines, pullRequest, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const nobody = { machines: [], snapshots: [], trash: [] };

function pull({ machines }: MachinesFixture, greeting: string) {
  return machines.pullImage(pullRequest({ templateOptions: { greeting } }));
}

function layersOf({ paths }: MachinesFixture): readonly string[] {
  return existsSync(paths.layers) ? readdirSync(paths.layers) : [];
}

describe('image pull', () => {
  it('makes an image ahead, once, and create takes it', async () => {
    const fixture = makeMachines();
    const { machines, template, root } = fixture;
    expect(await machines.pullImage(pullRequest())).toEqual({ key: 'tiny-hello', built: true });
    expect(await machines.pullImage(pullRequest())).toEqual({ key: 'tiny-hello', built: false });
    await machines.create(request('web'));
    expect(template.builds()).toBe(1);
    expect([readdirSync(join(root, 'staging')), readdirSync(join(root, 'intents'))]).toEqual([[], []]);
  });

  it.each([
    [{ template: 'tinny' }, '"tiny"'],
    [{ templateOptions: { greting: 'x' } }, '"greeting"'],
  ])('refuses %j with what was meant', async (change, meant) => {
    const { machines } = makeMachines();
    const error = await caught(() => machines.pullImage(pullRequest(change)));
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining(meant) });
  });

  it('is undone by an interrupt, and leaves nothing when the build fails', async () => {
    const fixture = makeMachines();
    const { machines, template, root } = fixture;
    const abort = new AbortController();
    template.onBuild = () => abort.abort();
    const error = await caught(() => machines.pullImage(pullRequest({ signal: abort.signal })));
    expect(error.message).toContain('interrupted');
    template.onBuild = () => {
      throw new Error('mirror is down');
    };
    expect((await caught(() => machines.pullImage(pullRequest()))).message).toBe('mirror is down');
    expect([machines.imageKeys(), layersOf(fixture)]).toEqual([[], []]);
    expect([readdirSync(join(root, 'staging')), readdirSync(join(root, 'intents'))]).toEqual([[], []]);
  });
});

it('a distribution that is asked for as a template is named as the option that it is', () => {
  const known = [busybox, debian];
  expect(templateHint('ubuntu', known)).toBe('that is an option: -t debian -- distribution=ubuntu');
  expect(templateHint('trixie', known)).toContain('-t debian -- release=trixie');
  expect(templateHint('busybx', known)).toBe('did you mean "busybox"?');
  expect(templateHint('ubuntu', [busybox])).toContain('templates: busybox');
  expect(templateHint('constructor', known)).toContain('templates: busybox, debian');
});

describe('images', () => {
  it('are told with what they are, how large, and who uses them', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    await machines.clone('web', 'copy', cloneRequest());
    await machines.snapshot('web', snapshotRequest());
    await machines.destroy('copy', { force: false, now: false });
    await pull(fixture, 'bye');
    const [{ entry } = { entry: '' }] = await machines.trash();
    const [bye, hello] = await machines.images();
    expect(bye).toMatchObject({ key: 'tiny-bye', usedBy: nobody, problem: null });
    expect(hello).toMatchObject({
      key: 'tiny-hello',
      template: 'tiny',
      options: { greeting: 'hello' },
      layers: (await machines.readConfig('web')).storage.layers,
      usedBy: { machines: ['web'], snapshots: ['web@snap1'], trash: [entry] },
    });
    expect((hello?.bytes ?? 0) - (bye?.bytes ?? 0)).toBeGreaterThan(0);
    expect(machines.imageKeys()).toEqual(['tiny-bye', 'tiny-hello']);
  });

  it('that are broken are told as such, and can be removed', async () => {
    const fixture = makeMachines();
    const { machines, paths } = fixture;
    await pull(fixture, 'a');
    await pull(fixture, 'b');
    writeFileSync(paths.image('tiny-a'), '{');
    await fixture.backend.storage.remove(paths.layer((await machines.images())[0]?.layers[0] ?? ''));
    const problems = (await machines.images()).map(({ key, problem }) => [key, problem]);
    expect(problems).toEqual(
      expect.arrayContaining([
        ['tiny-a', 'its file cannot be read'],
        ['tiny-b', expect.stringMatching(/^its layer .* is gone$/)],
      ]),
    );
    await machines.removeImages(['tiny-a', 'tiny-b']);
    expect([machines.imageKeys(), layersOf(fixture)]).toEqual([[], []]);
  });
});

describe('image remove', () => {
  it('takes an image that nothing uses away, with all that lies beside its files', async () => {
    const fixture = makeMachines();
    const { machines, paths } = fixture;
    await pull(fixture, 'a');
    await pull(fixture, 'b');
    const image = (await machines.images()).find(({ key }) => key === 'tiny-a');
    mkdirSync(join(paths.layer(image?.layers[0] ?? ''), 'subvolume'));
    const [removed] = await machines.removeImages(['tiny-a']);
    expect(removed).toEqual({ key: 'tiny-a', freedBytes: image?.bytes, usedBy: nobody, keptFor: null });
    expect([machines.imageKeys(), layersOf(fixture).length]).toEqual([['tiny-b'], 1]);
  });

  it('leaves files that something uses until that is gone, and says what it is', async () => {
    const fixture = await withMachine();
    const { machines, template } = fixture;
    const [removed] = await machines.removeImages(['tiny-hello']);
    expect(removed).toMatchObject({ freedBytes: 0, usedBy: { ...nobody, machines: ['web'] } });
    await machines.start('web', { ifNeeded: false });
    await machines.stop('web', { timeoutSeconds: 1 });
    expect([machines.imageKeys(), layersOf(fixture).length]).toEqual([[], 1]);
    await machines.create(request('again'));
    expect([machines.imageKeys(), layersOf(fixture).length]).toEqual([['tiny-hello'], 1]);
    expect(template.builds()).toBe(1);
    await machines.removeImages(['tiny-hello']);
    for (const name of ['web', 'again']) await machines.destroy(name, { force: false, now: true });
    expect(layersOf(fixture)).toEqual([]);
  });

  it('takes beginnings that one key alone has, and does nothing if one word fits none or several', async () => {
    const fixture = makeMachines();
    const { machines } = fixture;
    for (const greeting of ['ab', 'abc', 'x']) await pull(fixture, greeting);
    expect(await caught(() => machines.removeImages(['tiny-x', 'tiny']))).toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('tiny-abc'),
    });
    expect(await caught(() => machines.removeImages(['tiny-x', 'tiny-y']))).toMatchObject({
      code: 'no-such-machine',
      hint: expect.stringContaining('"tiny-x"'),
    });
    expect((await caught(() => machines.removeImages(['']))).code).toBe('usage');
    expect(machines.imageKeys()).toHaveLength(3);
    await machines.removeImages(['tiny-ab', 'tiny-x', 'tiny-ab']);
    expect(machines.imageKeys()).toEqual(['tiny-abc']);
    await machines.removeImages(['tiny-a']);
    expect(machines.imageKeys()).toEqual([]);
  });

  it('keeps the files while something that may name them cannot be read', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    await pull(fixture, 'bye');
    const file = join(paths.machine('web'), 'config.json');
    writeFileSync(file, '{');
    const [removed] = await machines.removeImages(['tiny-bye']);
    expect(removed).toMatchObject({ freedBytes: 0, keptFor: file });
    expect(layersOf(fixture)).toHaveLength(2);
  });

  it('waits for nobody for ever: an image that is worked on is busy', async () => {
    const { root } = await withMachine();
    const fixture = makeMachines(root, 10);
    const held = await lockNames(fixture.paths.locks, flock, ['image.tiny-hello'], 0);
    expect((await caught(() => fixture.machines.removeImages(['tiny-hello']))).code).toBe('busy');
    held.release();
    expect(fixture.machines.imageKeys()).toEqual(['tiny-hello']);
  });
});

describe('image prune', () => {
  it('removes what nothing uses, and tells the same before', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    await pull(fixture, 'bye');
    const stray = newLayerId();
    mkdirSync(paths.layerTree(stray), { recursive: true });
    writeFileSync(join(paths.layerTree(stray), 'a'), 'x'.repeat(1000));
    const told = await machines.pruneImages({ dryRun: true });
    expect(told).toMatchObject({ images: [{ key: 'tiny-bye' }], layers: 1 });
    expect(told.freedBytes).toBe(1000 + (told.images[0]?.bytes ?? 0));
    expect([machines.imageKeys().length, layersOf(fixture).length]).toEqual([2, 3]);
    expect(await machines.pruneImages({ dryRun: false })).toEqual(told);
    expect([machines.imageKeys(), layersOf(fixture).length]).toEqual([['tiny-hello'], 1]);
    const nothing = { images: [], layers: 0, freedBytes: 0 };
    expect(await machines.pruneImages({ dryRun: false })).toEqual(nothing);
  });

  it('removes nothing while something that may use images cannot be read', async () => {
    const fixture = await withMachine();
    await pull(fixture, 'bye');
    writeFileSync(join(fixture.paths.machine('web'), 'config.json'), '{');
    const error = await caught(() => fixture.machines.pruneImages({ dryRun: false }));
    expect(error).toMatchObject({ code: 'invalid-config', path: expect.stringContaining('web') });
    expect(fixture.machines.imageKeys()).toHaveLength(2);
  });
});

describe('a create that has found its image', () => {
  it.each(['removeImages', 'pruneImages'] as const)('does not lose it to %s', async (verb) => {
    const fixture = makeMachines();
    const { machines, backend, template, paths } = fixture;
    await machines.pullImage(pullRequest());
    const { allocateIdRange } = backend;
    Object.assign(backend, {
      allocateIdRange: async (name: string) => {
        Object.assign(backend, { allocateIdRange });
        await (verb === 'removeImages'
          ? machines.removeImages(['tiny-hello'])
          : machines.pruneImages({ dryRun: false }));
        return allocateIdRange(name);
      },
    });
    await machines.create(request('web'));
    const [layer = ''] = (await machines.readConfig('web')).storage.layers;
    expect([existsSync(paths.layerTree(layer)), template.builds()]).toEqual([true, 2]);
    expect(machines.imageKeys()).toEqual(['tiny-hello']);
  });

  it('has its files, whatever is removed at the same time', async () => {
    const fixture = makeMachines();
    const { machines, paths, root } = fixture;
    const other = makeMachines(root).machines;
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([
        machines.create(request(`web${round}`)),
        other.pruneImages({ dryRun: false }),
        other.removeImages(['tiny-hello']).catch(() => {}),
      ]);
      const { layers } = (await machines.readConfig(`web${round}`)).storage;
      expect(layers.every((id) => existsSync(paths.layerTree(id)))).toBe(true);
      await machines.destroy(`web${round}`, { force: false, now: true });
    }
  });
});
