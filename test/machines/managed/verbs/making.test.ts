import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { MachineError } from '../../../../src/machines/errors.ts';
import { quietWork as work } from '../../../../src/machines/work/quiet-work.ts';
import { execRequest } from '../../../fakes/exec-request.ts';
import { request as nativeRequest } from '../../../fakes/machines-in.ts';
import { type ManagedFixture, makeManaged } from '../../../fakes/managed-fixture.ts';
import { caught } from '../../caught.ts';

const request = (name: string | undefined, changes: Parameters<typeof nativeRequest>[1] = {}) =>
  nativeRequest(name, { storage: undefined, ...changes });
const cloneRequest = { keepIdentity: false, ...work };
const notNow = { force: false, now: false };

const imagesOf = ({ manager }: ManagedFixture) => readdirSync(manager.places.images).sort();
const textOf = ({ manager }: ManagedFixture, name: string) =>
  readFileSync(manager.places.settings(name), 'utf8');
const fileOf = ({ manager }: ManagedFixture, name: string, path: string) =>
  readFileSync(join(manager.places.image(name), path), 'utf8');

/** What a command that failed must not leave. */
function expectNothingLeft({ root }: ManagedFixture): void {
  for (const place of ['staging', 'intents', 'locks', 'machines', 'ids']) {
    const path = join(root, place);
    const left = existsSync(path) ? readdirSync(path).filter((name) => name !== 'all.layers') : [];
    expect(left, place).toEqual([]);
  }
}

it('a folder that a dead command unpacked something in goes with the next command', async () => {
  const fixture = makeManaged();
  mkdirSync(join(fixture.root, 'intents'), { recursive: true });
  mkdirSync(join(fixture.root, 'staging', 'pull.0'), { recursive: true });
  // No process began at that time.
  const intent = { operation: 'pull', name: 'pull.0', pid: process.pid, pidStart: '1' };
  writeFileSync(join(fixture.root, 'intents', 'pull.0.json'), JSON.stringify(intent));
  await fixture.machines.create(request('web'));
  expectNothingLeft(fixture);
});

describe('create', () => {
  it("makes an image of a template's files, with identity and settings", async () => {
    const fixture = makeManaged();
    const { machines, manager } = fixture;
    const settings = { 'memory.max': '64M', privileged: 'true', autostart: 'true' };
    expect(await machines.create(request('web', { settings }))).toBe('web');
    expect(imagesOf(fixture)).toEqual(['web']);
    expect(fileOf(fixture, 'web', 'greeting')).toBe('hello');
    expect(fileOf(fixture, 'web', 'etc/hostname')).toBe('web\n');
    expect(fileOf(fixture, 'web', 'etc/machine-id')).toMatch(/^[0-9a-f]{32}\n$/);
    const text = textOf(fixture, 'web');
    for (const line of ['PrivateUsers=no', 'Template=tiny', 'ImageKey=tiny-hello'])
      expect(text).toContain(line);
    expect(await manager.settings.storedLimits('web')).toEqual({ 'memory.max': 64 * 1024 ** 2 });
    expect(await manager.life.isEnabled('web')).toBe(true);
    expectNothingLeft(fixture);
  });

  it('shares images of templates with native machines', async () => {
    const { machines, template } = makeManaged();
    await machines.create(request('one'));
    await machines.create(request('two'));
    expect(template.builds()).toBe(1);
    expect((await machines.images()).map(({ key }) => key)).toEqual(['tiny-hello']);
  });

  it('picks a name if none is given', async () => {
    const fixture = makeManaged();
    expect(imagesOf(fixture)).toEqual([]);
    expect([await fixture.machines.create(request(undefined))]).toEqual(imagesOf(fixture));
  });

  it('refuses a taken name, a native machine of that name, and one that has kept states', async () => {
    const fixture = makeManaged();
    const { machines, manager, root } = fixture;
    manager.putImage('web');
    manager.putImage('old@one');
    manager.put('elsewhere', { state: 'running', pid: 1, monitorPid: 1, startedAt: 1 });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(root, 'machines', 'native'), { recursive: true });
    for (const name of ['web', 'old', 'elsewhere', 'native']) {
      expect((await caught(() => machines.create(request(name)))).code, name).toBe('exists');
    }
    expect(imagesOf(fixture)).toEqual(['old@one', 'web']);
  });

  it('says that a name was taken meanwhile, and leaves what took it alone', async () => {
    const fixture = makeManaged();
    const { machines, manager, template } = fixture;
    template.onBuild = async () => manager.putImage('web', { mine: 'x' });
    expect((await caught(() => machines.create(request('web')))).code).toBe('exists');
    expect(imagesOf(fixture)).toEqual(['web']);
    expect(fileOf(fixture, 'web', 'mine')).toBe('x');
    expectNothingLeft(fixture);
  });

  it('leaves nothing if limits are refused at the end', async () => {
    const fixture = makeManaged();
    fixture.manager.failNext('changeLimits', new BackendError('unsupported', 'no such limit'));
    const made = caught(() => fixture.machines.create(request('web', { settings: { 'memory.max': '1M' } })));
    expect((await made).code).toBe('unsupported');
    expect(imagesOf(fixture)).toEqual([]);
    expectNothingLeft(fixture);
  });

  it('leaves nothing when it is broken off', async () => {
    const fixture = makeManaged();
    const controller = new AbortController();
    fixture.template.onBuild = async () => controller.abort();
    const made = caught(() => fixture.machines.create(request('web', { signal: controller.signal })));
    expect((await made).message).toContain('interrupted');
    expect(imagesOf(fixture)).toEqual([]);
    expectNothingLeft(fixture);
  });

  it.each([
    ['another storage than there is', { storage: 'overlay' }, 'unsupported'],
    ['a setting that does not exist', { settings: { 'memory.maxx': '1M' } }, 'usage'],
    ['a setting that no machine here can have', { settings: { nesting: 'true' } }, 'unsupported'],
    [
      'user data that is not supported',
      { userData: { text: '#cloud-config\nntp: {}\n', settings: {} } },
      'usage',
    ],
  ] as const)('refuses %s before anything is built', async (_, changes, code) => {
    const fixture = makeManaged();
    expect((await caught(() => fixture.machines.create(request('web', changes)))).code).toBe(code);
    expect(fixture.template.builds()).toBe(0);
  });
});

describe('clone', () => {
  it('is somebody else, with the settings and limits of the original', async () => {
    const fixture = makeManaged();
    const { machines, manager } = fixture;
    await machines.create(
      request('web', { settings: { 'memory.max': '64M', hostname: 'shop', autostart: 'true' } }),
    );
    await machines.clone('web', 'copy', cloneRequest);
    expect(fileOf(fixture, 'copy', 'etc/hostname')).toBe('copy\n');
    expect(fileOf(fixture, 'copy', 'etc/machine-id')).not.toBe(fileOf(fixture, 'web', 'etc/machine-id'));
    expect(textOf(fixture, 'web')).toContain('Hostname=shop');
    expect(textOf(fixture, 'copy')).not.toContain('Hostname=');
    expect(textOf(fixture, 'copy')).toContain('Template=tiny');
    expect(await manager.settings.storedLimits('copy')).toEqual({ 'memory.max': 64 * 1024 ** 2 });
    expect(await manager.life.isEnabled('copy')).toBe(false);
  });

  it('keeps the identity if that is asked for', async () => {
    const fixture = makeManaged();
    await fixture.machines.create(request('web'));
    await fixture.machines.clone('web', 'copy', { ...cloneRequest, keepIdentity: true });
    expect(fileOf(fixture, 'copy', 'etc/machine-id')).toBe(fileOf(fixture, 'web', 'etc/machine-id'));
    expect(textOf(fixture, 'copy')).toContain('Hostname=web');
  });

  it('of a kept state has nothing of what was noted of that', async () => {
    const fixture = makeManaged();
    const { manager, machines } = fixture;
    manager.putImage('web', { now: 'x' });
    manager.putImage('web@one', { before: 'x' });
    writeFileSync(
      manager.places.settings('web@one'),
      '[X-Tsmachine]\nComment=before\nTakenAt=2020-01-01T00:00:00Z\n',
    );
    await machines.clone('web@one', 'copy', cloneRequest);
    expect(existsSync(join(manager.places.image('copy'), 'before'))).toBe(true);
    expect(textOf(fixture, 'copy')).not.toMatch(/Comment|TakenAt/);
  });

  it('of a directory that runs stands still meanwhile; a subvolume goes on', async () => {
    for (const kind of ['directory', 'subvolume'] as const) {
      const { manager, machines } = makeManaged({ kind });
      manager.putImage('web');
      await manager.life.start('web');
      await machines.clone('web', 'copy', cloneRequest);
      const froze = manager.calls.filter((call) => /freeze/.test(call));
      expect(froze).toEqual(kind === 'directory' ? ['freeze web', 'unfreeze web'] : []);
      expect((await manager.views.find('web'))?.status.state).toBe('running');
    }
  });

  it.each([
    ['nobody', 'copy', 'no-such-machine'],
    ['web@none', 'copy', 'no-such-machine'],
    ['web', 'web', 'exists'],
    ['web', '../copy', 'usage'],
  ])('%s to %s is refused', async (source, name, code) => {
    const fixture = makeManaged();
    fixture.manager.putImage('web');
    expect((await caught(() => fixture.machines.clone(source, name, cloneRequest))).code).toBe(code);
    expect(imagesOf(fixture)).toEqual(['web']);
  });
});

describe('rename', () => {
  async function machine() {
    const fixture = makeManaged();
    await fixture.machines.create(request('web', { settings: { 'memory.max': '64M', autostart: 'true' } }));
    for (const name of [
      'web@one',
      'web@two',
      '.tsmachine-trash-snapshot.17.web@zero',
      '.tsmachine-trash-machine.16.web',
    ]) {
      fixture.manager.putImage(name);
    }
    return fixture;
  }
  const renamed = [
    '.tsmachine-trash-machine.16.web',
    '.tsmachine-trash-snapshot.17.shop@zero',
    'shop',
    'shop@one',
    'shop@two',
  ];

  it('takes kept states, settings, limits, autostart, host name and what lies in the trash along', async () => {
    const fixture = await machine();
    const { machines, manager } = fixture;
    await machines.rename('web', 'shop');
    expect(imagesOf(fixture)).toEqual(renamed);
    expect(textOf(fixture, 'shop')).toContain('Template=tiny');
    expect((await fixture.manager.images.leavings()).notes).toEqual([]);
    expect(existsSync(manager.places.settings('web'))).toBe(false);
    expect(fileOf(fixture, 'shop', 'etc/hostname')).toBe('shop\n');
    for (const [name, limits] of [
      ['shop', { 'memory.max': 64 * 1024 ** 2 }],
      ['web', {}],
    ] as const) {
      expect(await manager.settings.storedLimits(name)).toEqual(limits);
      expect(await manager.life.isEnabled(name)).toBe(name === 'shop');
    }
  });

  it('leaves a host name that is not the name of the machine', async () => {
    const fixture = makeManaged();
    fixture.manager.putImage('web', { 'etc/hostname': 'shop.example\n' });
    await fixture.machines.rename('web', 'other');
    expect(fileOf(fixture, 'other', 'etc/hostname')).toBe('shop.example\n');
    expect(existsSync(fixture.manager.places.settings('other'))).toBe(false);
  });

  it('is undone if the new name is refused, kept states too', async () => {
    const fixture = await machine();
    const rename = fixture.manager.images.rename;
    Object.assign(fixture.manager.images, {
      rename: async (from: string, to: string) => {
        if (from === 'web') fixture.manager.putImage('shop', { theirs: 'x' });
        return await rename(from, to);
      },
    });
    expect((await caught(() => fixture.machines.rename('web', 'shop'))).code).toBe('exists');
    expect(imagesOf(fixture)).toEqual(expect.arrayContaining(['web', 'web@one', 'web@two', 'shop']));
    expect(imagesOf(fixture)).not.toContain('shop@one');
    expect((await fixture.manager.images.leavings()).notes).toEqual([]);
  });

  it.each([1, 2, 3, 4])(
    'that died after %d renames is completed by the next command on either name',
    async (after) => {
      for (const name of ['web', 'shop']) {
        const fixture = await machine();
        const { rename } = fixture.manager.images;
        let left = after;
        Object.assign(fixture.manager.images, {
          rename: async (from: string, to: string) => {
            left -= 1;
            if (left < 0) throw new Error('dead');
            return await rename(from, to);
          },
        });
        const { noteRenaming, carryOutRenaming } = await import(
          '../../../../src/machines/managed/recovery/renaming.ts'
        );
        await noteRenaming(fixture.manager, { from: 'web', to: 'shop' });
        await carryOutRenaming(fixture.manager, { from: 'web', to: 'shop' }).catch(() => {});
        Object.assign(fixture.manager.images, { rename });
        const { withManaged } = await import('../../../../src/machines/managed/recovery/with-managed.ts');
        await withManaged(fixture.managed, [name], async () => {});
        expect(imagesOf(fixture), name).toEqual(renamed);
        expect(await fixture.manager.settings.storedLimits('shop')).toEqual({ 'memory.max': 64 * 1024 ** 2 });
        expect((await fixture.manager.images.leavings()).notes).toEqual([]);
      }
    },
  );

  it('of a machine that runs is refused', async () => {
    const { manager, machines } = makeManaged();
    manager.putImage('web');
    await manager.life.start('web');
    expect((await caught(() => machines.rename('web', 'shop'))).code).toBe('wrong-state');
  });
});

describe('destroy', () => {
  it('puts a machine with its kept states into the trash, and its limits with it', async () => {
    const fixture = makeManaged();
    const { machines, manager } = fixture;
    await machines.create(request('web', { settings: { 'memory.max': '64M', autostart: 'true' } }));
    manager.putImage('web@one');
    await machines.destroy('web', notNow);
    const [machine = '', kept = '', ...more] = imagesOf(fixture);
    expect(more).toEqual([]);
    expect(machine).toMatch(/^\.tsmachine-trash-machine\.\d+\.web$/);
    expect(kept).toBe(`${machine}@one`);
    expect(await manager.settings.storedLimits('web')).toEqual({});
    expect(await manager.life.isEnabled('web')).toBe(false);
    expect(await machines.create(request('web'))).toBe('web');

    const { unparkUnitSettings } = await import('../../../../src/machines/managed/config/parked-settings.ts');
    await manager.images.rename(machine, 'back');
    await unparkUnitSettings(manager, 'back');
    expect(await manager.settings.storedLimits('back')).toEqual({ 'memory.max': 64 * 1024 ** 2 });
    expect(await manager.life.isEnabled('back')).toBe(true);
    expect(textOf(fixture, 'back')).not.toContain('UnitSettings');
  });

  it('leaves nothing with --now', async () => {
    const fixture = makeManaged();
    await fixture.machines.create(request('web'));
    fixture.manager.putImage('web@one');
    await fixture.machines.destroy('web', { force: false, now: true });
    expect(imagesOf(fixture)).toEqual([]);
    expect(existsSync(fixture.manager.places.settings('web'))).toBe(false);
  });

  it('kills a machine that runs only with --force', async () => {
    const fixture = makeManaged();
    const { manager, machines } = fixture;
    manager.putImage('web');
    await manager.life.start('web');
    expect((await caught(() => machines.destroy('web', notNow))).code).toBe('wrong-state');
    expect(imagesOf(fixture)).toEqual(['web']);
    await machines.destroy('web', { force: true, now: false });
    expect(manager.calls).toContain('kill web');
    expect(imagesOf(fixture)).toEqual([expect.stringMatching(/^\.tsmachine-trash-machine/)]);
  });

  it('that died between a kept state and the machine is undone by the next command', async () => {
    const fixture = makeManaged();
    const { manager, managed } = fixture;
    manager.putImage('web');
    manager.putImage('.tsmachine-trash-machine.17.web@one');
    manager.putImage('.tsmachine-trash-machine.17.other@one');
    const { withManaged } = await import('../../../../src/machines/managed/recovery/with-managed.ts');
    await withManaged(managed, ['web'], async () => {});
    expect(imagesOf(fixture)).toEqual(['.tsmachine-trash-machine.17.other@one', 'web', 'web@one']);
  });

  it('gives kept states back if the machine itself cannot go', async () => {
    const fixture = makeManaged();
    const { manager, machines } = fixture;
    manager.putImage('web');
    manager.putImage('web@one');
    const { rename } = manager.images;
    Object.assign(manager.images, {
      rename: async (from: string, to: string) => {
        if (from === 'web') throw new BackendError('busy', 'somebody has it');
        return await rename(from, to);
      },
    });
    expect((await caught(() => machines.destroy('web', notNow))).code).toBe('busy');
    expect(imagesOf(fixture)).toEqual(['web', 'web@one']);
  });

  it('of a machine whose files lie elsewhere says so', async () => {
    const { manager, machines } = makeManaged();
    manager.put('web', { state: 'running', pid: 1, monitorPid: 1, startedAt: 1 });
    expect((await caught(() => machines.destroy('web', { force: true, now: true }))).code).toBe(
      'unsupported',
    );
  });
});

describe('throw-away machines', () => {
  const command = execRequest(['true']);

  it('run a command, and nothing is left of them, of their limits neither', async () => {
    const fixture = makeManaged();
    const { machines, manager, later } = fixture;
    const settings = { 'memory.max': '64M' };
    const result = await machines.run({ ...request('web', { settings }), command });
    expect(result.exitCode).toBe(0);
    expect(imagesOf(fixture)).toEqual([]);
    expect(await manager.settings.storedLimits('web')).toEqual({});
    expect(later.atEnd).toEqual([]);
  });

  it('go when their command died, whether they run or not', async () => {
    const fixture = makeManaged();
    const { machines, manager } = fixture;
    const exec = manager.access.exec;
    Object.assign(manager.access, {
      exec: async (...given: Parameters<typeof exec>) => {
        await machines.sweep('web');
        expect(imagesOf(fixture)).toEqual([]);
        return await exec(...given).catch(() => ({
          exitCode: 137,
          stdout: Buffer.alloc(0),
          stderr: Buffer.alloc(0),
        }));
      },
    });
    expect((await machines.run({ ...request('web'), command })).exitCode).toBe(137);
  });

  it('are clones that go when they end, and not before', async () => {
    const fixture = makeManaged();
    const { machines, manager, later } = fixture;
    manager.putImage('web');
    const name = await machines.startEphemeral('web', work);
    expect(name).toMatch(/^web-/);
    expect(later.waiting.map(({ words }) => words)).toEqual([
      ['--backend', 'nspawn', 'internal', 'sweep', name],
    ]);
    await machines.sweep(name);
    expect(imagesOf(fixture)).toEqual(['web', name].sort());
    manager.end(name);
    await machines.sweep(name);
    expect(imagesOf(fixture)).toEqual(['web']);
  });

  it('have no name that another backend has', async () => {
    const fixture = makeManaged();
    fixture.manager.putImage('web');
    const refused: string[] = [];
    const checkName = async (name: string) => {
      if (refused.push(name) === 1) throw new MachineError('exists', 'another backend has it');
    };
    const name = await fixture.machines.startEphemeral('web', { ...work, checkName });
    expect(refused).toHaveLength(2);
    expect(imagesOf(fixture)).toEqual(['web', refused[1]].sort());
    expect(name).toBe(refused[1]);
  });

  it('that somebody made are never swept', async () => {
    const fixture = makeManaged();
    fixture.manager.putImage('web');
    await fixture.machines.sweep('web');
    expect(imagesOf(fixture)).toEqual(['web']);
  });

  it('cannot be renamed', async () => {
    const { machines, manager } = makeManaged();
    manager.putImage('web');
    const name = await machines.startEphemeral('web', work);
    manager.end(name);
    expect((await caught(() => machines.rename(name, 'shop'))).code).toBe('wrong-state');
  });
});
