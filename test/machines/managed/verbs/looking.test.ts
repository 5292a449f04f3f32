import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Domain } from '../../../../src/machines/domain.ts';
import { managedLookingVerbs } from '../../../../src/machines/managed/verbs/looking.ts';
import { createFakeManager, type FakeManager } from '../../../fakes/fake-manager.ts';

let root: string;
let manager: FakeManager;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'looking-'));
  manager = createFakeManager(root);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Looking takes no lock and writes no journal: nothing of the domain is needed. */
const verbs = (of: FakeManager = manager) =>
  managedLookingVerbs({ manager: async () => of, domain: {} as Domain });

function setUp(name: string, ...lines: readonly string[]): void {
  manager.putImage(name);
  writeFileSync(manager.places.settings(name), `${lines.join('\n')}\n`);
}

const running = { state: 'running', pid: 4242, monitorPid: 4241, startedAt: 1_700_000_000_000 } as const;

describe('a list', () => {
  it('has what our own section of the settings file says, and what the kernel counts of one that runs', async () => {
    setUp(
      'web',
      '[Exec]',
      'PrivateUsers=no',
      '[X-Tsmachine]',
      'Template=debian',
      'CreatedAt=2026-01-31T12:00:00.000Z',
      'Ephemeral=yes',
    );
    manager.put('web', running);
    expect(await verbs().list()).toEqual([
      {
        name: 'web',
        backend: 'nspawn',
        state: 'running',
        template: 'debian',
        privileged: true,
        pid: 4242,
        addresses: ['192.0.2.7'],
        memoryBytes: 1024,
        cpuUsec: 2000,
        tasks: 3,
        snapshots: 0,
        createdAt: '2026-01-31T12:00:00.000Z',
        startedAt: '2023-11-14T22:13:20.000Z',
        restartAt: null,
        ephemeral: true,
      },
    ]);
  });

  it('has machines that others made, without a template, and how many states are kept of each', async () => {
    for (const name of ['old', 'old@one', 'old@two', 'old@.no', '.trash', 'no name']) manager.putImage(name);
    const [old, ...others] = await verbs().list();
    expect(old).toMatchObject({
      name: 'old',
      state: 'stopped',
      template: '',
      privileged: false,
      snapshots: 2,
    });
    expect(old).toMatchObject({ pid: null, startedAt: null, addresses: [], memoryBytes: null });
    expect(others).toEqual([]);
    expect(await verbs().names()).toEqual(['old']);
  });

  it('tells all others where the settings of one cannot be read', async () => {
    for (const name of ['bad', 'good']) manager.putImage(name);
    const readAll = async () => new Map([['good', '[X-Tsmachine]\nTemplate=busybox\n']]);
    const half = { ...manager, settings: { ...manager.settings, readAll } };
    expect((await verbs(half).list()).map(({ template }) => template)).toEqual(['', 'busybox']);
  });

  it('believes the kernel more than settings that somebody may have changed since the start', async () => {
    setUp('web', '[Exec]', 'PrivateUsers=pick');
    const all = async () =>
      (await manager.views.all()).map((machine) => ({ ...machine, sharesHostIds: true }));
    const [web] = await verbs({ ...manager, views: { ...manager.views, all } }).list();
    expect(web?.privileged).toBe(true);
  });

  it('has one that runs from elsewhere, and began with its run', async () => {
    manager.put('by-hand', running);
    const [machine] = await verbs().list();
    expect(machine).toMatchObject({ name: 'by-hand', createdAt: '2023-11-14T22:13:20.000Z' });
    expect((await verbs().info('by-hand')).managed?.image).toBe(null);
    await expect(verbs().plan('by-hand')).rejects.toMatchObject({ code: 'unsupported' });
    expect(await verbs().diskUsage('by-hand')).toEqual({ ownBytes: 0, sharedBytes: 0 });
  });
});

describe('one machine', () => {
  it('is told of with its config, its unit, its image and its system', async () => {
    setUp('web', '[Exec]', 'Hostname=other');
    manager.putImage('web@one');
    const info = await verbs().info('web');
    expect(info).toMatchObject({ name: 'web', snapshots: 1, lastExit: null, restart: null, problem: null });
    expect(info.config).toMatchObject({ backend: 'nspawn', hostname: 'other', storage: { layers: [] } });
    expect(info.managed).toEqual({
      unit: 'systemd-nspawn@web.service',
      service: null,
      image: { path: manager.places.image('web'), kind: 'directory', readOnly: false },
      rootDirectory: manager.places.image('web'),
      system: 'Fake Linux 1',
    });
  });

  it('is known by the machine-id that its settings say, else by that of its image', async () => {
    const ids = { settings: 'a'.repeat(32), image: 'b'.repeat(32) };
    const idOf = async (name: string) => (await verbs().info(name)).config.machineId;
    setUp('said', '[Exec]', `MachineID=${ids.settings}`);
    for (const name of ['said', 'web']) manager.putImage(name, { 'etc/machine-id': `${ids.image}\n` });
    manager.putImage('new');
    expect(await idOf('said')).toBe(ids.settings);
    expect(await idOf('web')).toBe(ids.image);
    expect(await idOf('new')).toBe('0'.repeat(32));
  });

  it('tells how its last run ended, and what is wrong with it', async () => {
    manager.putImage('web');
    manager.end('web', { reason: 'exited', code: 3 });
    expect((await verbs().info('web')).lastExit).toMatchObject({ reason: 'exited', code: 3 });
    // Another one had the name before.
    const later = new Date(Date.now() + 60_000).toISOString();
    writeFileSync(manager.places.settings('web'), `[X-Tsmachine]\nCreatedAt=${later}\n`);
    manager.put('web', { state: 'stopped', lastExit: undefined });
    expect((await verbs().info('web')).lastExit).toBe(null);
    manager.put('web', { state: 'error', reason: 'its unit is broken' });
    expect(await verbs().info('web')).toMatchObject({ state: 'error', problem: 'its unit is broken' });
  });

  it('is inspected and has figures only while it runs', async () => {
    manager.putImage('web');
    expect(await verbs().inspect('web')).toBe(null);
    expect((await verbs().usage('web')).memoryBytes).toBe(undefined);
    manager.put('web', running);
    expect(await verbs().inspect('web')).not.toBe(null);
    expect((await verbs().usage('web')).memoryBytes).toBe(1024);
  });

  it('that is none is told so by every verb', async () => {
    const { info, inspect, usage, plan, layerSizes, relatives, diskUsage } = verbs();
    for (const verb of [info, inspect, usage, plan, layerSizes, relatives, diskUsage]) {
      await expect(verb('nobody')).rejects.toMatchObject({ code: 'no-such-machine' });
      await expect(verb('../etc')).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('shares no layers', async () => {
    manager.putImage('web');
    expect(await verbs().layerSizes('web')).toEqual([]);
    expect(await verbs().relatives('web')).toEqual([]);
  });
});

describe('what a start will do', () => {
  it('is said as far as it is settled: the unit, its command, settings as they are written, mounts', async () => {
    const lines = [
      '[Exec]',
      '# a comment',
      'Hostname=other',
      '[Files]',
      'Bind=/srv/a:/a',
      'BindReadOnly=/srv/b',
    ];
    setUp('web', ...lines, 'TemporaryFileSystem=/scratch', '[X-Tsmachine]', 'Template=debian');
    const steps = await verbs().plan('web');
    expect(
      steps.map(({ section, index, operation, arguments: words }) => [section, index, operation, ...words]),
    ).toEqual([
      ['machine', 0, 'start-unit', 'systemd-nspawn@web.service'],
      ['outside', 0, 'exec', 'systemd-nspawn', '--machine=web'],
      ['outside', 1, 'root', 'directory', manager.places.image('web')],
      ['outside', 2, 'settings', '[Exec]', 'Hostname=other'],
      [
        ...['outside', 3, 'settings', '[Files]', 'Bind=/srv/a:/a', 'BindReadOnly=/srv/b'],
        'TemporaryFileSystem=/scratch',
      ],
      ['inside', 0, 'mount', 'bind', '/srv/a', '/a'],
      ['inside', 1, 'mount', 'bind', '/srv/b', '/srv/b', 'ro'],
      ['inside', 2, 'mount', 'tmpfs', '/scratch'],
      ['inside', 3, 'exec', expect.any(String)],
    ]);
  });

  it('has the limits that are set', async () => {
    setUp('web', '[Exec]');
    await manager.settings.changeLimits('web', { 'memory.max': 2 ** 29, 'pids.max': 100 }, []);
    const steps = await verbs().plan('web');
    expect(
      steps.filter(({ operation }) => operation === 'limit').map(({ arguments: words }) => words),
    ).toEqual([
      ['memory.max', '512M'],
      ['pids.max', '100'],
    ]);
  });
});

describe('machines that are started with the host', () => {
  it('are those whose unit is enabled, in the order of what our section says', async () => {
    setUp('first', '[X-Tsmachine]', 'AutostartPriority=10');
    setUp('gone', '[X-Tsmachine]', 'Ephemeral=yes');
    for (const name of ['off', 'second']) manager.putImage(name);
    for (const name of ['second', 'first', 'gone']) await manager.life.setEnabled(name, true);
    manager.put('elsewhere', running);
    const names = async (all: boolean) =>
      (await verbs().autostartMachines({ groups: [], all })).map(({ name }) => name);
    expect(await names(false)).toEqual(['first', 'second']);
    expect(await names(true)).toEqual(['first', 'off', 'second']);
  });
});

describe('what it takes on disk', () => {
  it('is what the file system has counted, where it counts and no state is kept', async () => {
    manager.putImage('web');
    const find = async (name: string) => {
      const machine = await manager.views.find(name);
      return machine?.image == null
        ? machine
        : { ...machine, image: { ...machine.image, usageBytes: 5000, exclusiveBytes: 2000 } };
    };
    const counting = { ...manager, views: { ...manager.views, find } };
    expect(await verbs(counting).diskUsage('web')).toEqual({ ownBytes: 2000, sharedBytes: 3000 });
  });

  it('is that of its trees together, kept states with them, else', async () => {
    for (const name of ['web', 'web@one', 'web2']) manager.putImage(name);
    const asked: (readonly string[])[] = [];
    const sharesOf = async (paths: readonly string[]) => {
      asked.push(paths);
      return { ownBytes: 7, sharedBytes: 8 };
    };
    const trees = { ...manager.trees, sharesOf };
    expect(await verbs({ ...manager, trees }).diskUsage('web')).toEqual({ ownBytes: 7, sharedBytes: 8 });
    expect(asked.flat().sort()).toEqual([manager.places.image('web'), manager.places.image('web@one')]);
  });
});
