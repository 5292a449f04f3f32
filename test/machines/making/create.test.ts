import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

function folder(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

/** What a create that failed must not leave. Images may stay: they are whole. */
function expectNothingLeft({ root }: MachinesFixture): void {
  for (const place of ['machines', 'staging', 'ids', 'intents', 'locks']) {
    // The lock of all layers stays for the next one.
    const left = folder(join(root, place)).filter((name) => name !== 'all.layers');
    expect(left, place).toEqual([]);
  }
}

describe('create', () => {
  it('makes a machine with its image, id range, config and storage', async () => {
    const { machines, root } = makeMachines();
    expect(await machines.create(request('web', { settings: { 'memory.max': '64M' } }))).toBe('web');
    const config = await machines.readConfig('web');
    expect(config).toMatchObject({
      template: { name: 'tiny', options: { greeting: 'hello' } },
      imageKey: 'tiny-hello',
      idRange: { base: 100_000 },
      limits: { 'memory.max': 64 * 1024 ** 2 },
    });
    const [layer] = config.storage.layers;
    expect(readFileSync(join(root, 'layers', layer ?? '', 'fs', 'greeting'), 'utf8')).toBe('hello');
    expect(await machines.list()).toMatchObject([{ name: 'web', state: 'stopped', template: 'tiny' }]);
    expect([folder(join(root, 'staging')), folder(join(root, 'intents'))]).toEqual([[], []]);
  });

  it('picks a name if none is given', async () => {
    const { machines } = makeMachines();
    const name = await machines.create(request(undefined));
    expect(await machines.names()).toEqual([name]);
  });

  it('builds an image once for many machines, also when they come at once', async () => {
    const { machines, template } = makeMachines();
    template.onBuild = () => new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => machines.create(request(name))));
    await machines.create(request('e'));
    expect(template.builds()).toBe(1);
    expect(await machines.names()).toEqual(['a', 'b', 'c', 'd', 'e']);
    const configs = await Promise.all((await machines.names()).map((name) => machines.readConfig(name)));
    const bases = configs.map(({ idRange }) => idRange.base);
    expect(new Set(bases).size).toBe(5);
  });

  it('refuses a taken name, and changes nothing of its owner', async () => {
    const { machines } = makeMachines();
    await machines.create(request('web'));
    const before = await machines.readConfig('web');
    expect((await caught(() => machines.create(request('web')))).code).toBe('exists');
    expect(await machines.readConfig('web')).toEqual(before);
  });

  it('lets one of two win a name', async () => {
    const { machines } = makeMachines();
    const results = await Promise.allSettled([1, 2].map(() => machines.create(request('web'))));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await machines.names()).toEqual(['web']);
  });

  it.each([
    [{ template: 'tinny' }, '"tiny"'],
    [{ templateOptions: { greting: 'x' } }, '"greeting"'],
    [{ settings: { 'memroy.max': '1G' } }, '"memory.max"'],
    [{ name: 'no/name' }, 'hyphens'],
  ])('refuses %j before it makes anything, with what was meant', async (change, meant) => {
    const fixture = makeMachines();
    const error = await caught(() => fixture.machines.create(request('web', change)));
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining(meant) });
    expect(fixture.template.builds()).toBe(0);
    expectNothingLeft(fixture);
  });

  it.each(['allocateIdRange', 'prepareStorage'])('leaves nothing when %s fails', async (verb) => {
    const fixture = makeMachines();
    fixture.backend.failNext(verb, new BackendError('failed', 'no luck', { errno: 'ENOSPC' }));
    const error = await caught(() => fixture.machines.create(request('web')));
    expect(error).toMatchObject({ code: 'failed', message: 'no luck', errno: 'ENOSPC' });
    expectNothingLeft(fixture);
    expect(await fixture.machines.create(request('web'))).toBe('web');
  });

  it('leaves nothing when the build fails, and says why', async () => {
    const fixture = makeMachines();
    fixture.template.onBuild = () => {
      throw new Error('mirror is down');
    };
    expect((await caught(() => fixture.machines.create(request('web')))).message).toBe('mirror is down');
    expectNothingLeft(fixture);
    expect(folder(join(fixture.root, 'layers'))).toEqual([]);
  });

  it('is undone by an interrupt, whenever it comes', async () => {
    const fixture = makeMachines();
    const abort = new AbortController();
    fixture.template.onBuild = () => abort.abort();
    const error = await caught(() => fixture.machines.create(request('web', { signal: abort.signal })));
    expect(error.message).toContain('interrupted');
    expectNothingLeft(fixture);
  });

  it('tells what it could not undo, and the next command does it', async () => {
    const fixture = makeMachines();
    fixture.backend.failNext('prepareStorage', new BackendError('failed', 'no luck'));
    fixture.backend.failNext('releaseIdRange', new BackendError('failed', 'stuck'));
    const error = await caught(() => fixture.machines.create(request('web')));
    expect(error.message).toBe('no luck; not undone: the id range');
    await fixture.machines.create(request('web'));
    expect(folder(join(fixture.root, 'ids'))).toEqual(['100000']);
  });

  it('builds a layer again whose image was spoiled', async () => {
    const { machines, root, template } = makeMachines();
    await machines.create(request('a'));
    const file = join(root, 'images', 'tiny-hello.json');
    writeFileSync(file, '{');
    await machines.create(request('b'));
    expect(JSON.parse(readFileSync(file, 'utf8')).layers).toEqual(
      (await machines.readConfig('a')).storage.layers,
    );
    expect(template.builds()).toBe(1);
  });

  it('never takes a folder that is in the way for its own', async () => {
    const fixture = makeMachines();
    mkdirSync(join(fixture.root, 'machines', 'web'), { recursive: true });
    expect((await caught(() => fixture.machines.create(request('web')))).code).toBe('exists');
    expect(folder(join(fixture.root, 'machines'))).toEqual(['web']);
  });
});
