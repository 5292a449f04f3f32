/** Managed machines' settings, on a fake manager whose settings files are read and changed as the real one does it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { changeText, readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';
import { settingsFaults } from '../../../../src/backends/nspawn/settings/settings-faults.ts';
import { managedSettingsVerbs } from '../../../../src/machines/managed/verbs/settings.ts';
import { makeDomain } from '../../../../src/machines/open-machines.ts';
import { createFakeBackend } from '../../../fakes/fake-backend.ts';
import { createFakeLater } from '../../../fakes/fake-later.ts';
import { createFakeManager, type FakeManager } from '../../../fakes/fake-manager.ts';
import { flock } from '../../../fakes/flock.ts';
import { makeRoot } from '../../../fakes/machines-fixture.ts';

function open() {
  const root = makeRoot();
  const fake = createFakeManager(root);
  const manager: FakeManager = {
    ...fake,
    settings: { ...fake.settings, values: readValues, changed: changeText, faults: settingsFaults },
  };
  const domain = makeDomain({
    backend: createFakeBackend(root),
    root: join(root, 'store'),
    runRoot: join(root, 'run'),
    templates: [],
    lock: flock,
    later: createFakeLater(),
    lockWaitMs: 1000,
  });
  mkdirSync(domain.paths.locks, { recursive: true });
  manager.putImage('web');
  return { manager, settings: managedSettingsVerbs({ manager: async () => manager, domain }) };
}

describe("settings of a manager's machine", () => {
  it('are those of its file, its unit and its image, without keys that say nothing of it', async () => {
    const { manager, settings } = open();
    await manager.settings.write('web', '[Exec]\nHostname=www\nPrivateUsers=no\n');
    await manager.settings.changeLimits('web', { 'memory.max': 1024 ** 3 }, ['memory.max']);
    await manager.life.setEnabled('web', true);
    const all = await settings.settings('web');
    expect(all).toMatchObject({ hostname: 'www', privileged: 'true', 'memory.max': '1G', autostart: 'yes' });
    expect(
      Object.keys(all).filter((key) =>
        /^(nesting|apparmor|console|restart|pressure|on-oom|cpu.max.burst)/.test(key),
      ),
    ).toEqual([]);
    expect(await settings.readConfig('web')).toMatchObject({ backend: 'nspawn', template: { name: 'none' } });
  });

  it('of a machine that is not there are an error that says so', async () => {
    const { settings } = open();
    await expect(settings.settings('wab')).rejects.toMatchObject({ code: 'no-such-machine', subject: 'wab' });
    await expect(settings.changeSettings('wab', { hostname: 'a' })).rejects.toMatchObject({
      code: 'no-such-machine',
    });
  });

  it('change where they are kept, each in its place', async () => {
    const { manager, settings } = open();
    await manager.settings.write('web', '# mine\n[Exec]\nBoot=yes\n');
    await settings.changeSettings('web', {
      hostname: 'www',
      'memory.max': '512M',
      autostart: 'yes',
      'snapshots.schedule': 'daily',
      bind: '/srv:/srv',
    });
    expect(await manager.settings.read('web')).toBe(
      '# mine\n[Exec]\nBoot=yes\nHostname=www\n\n[Files]\nBind=/srv:/srv:idmap\n\n[X-Tsmachine]\nSnapshotSchedule=daily\n',
    );
    expect(await manager.settings.storedLimits('web')).toEqual({ 'memory.max': 512 * 1024 ** 2 });
    expect(await manager.life.isEnabled('web')).toBe(true);
    expect(await settings.settings('web')).toMatchObject({
      'bind.0': '/srv:/srv',
      'snapshots.schedule': 'daily',
    });
  });

  it('do not touch the file for a limit alone', async () => {
    const { manager, settings } = open();
    await settings.changeSettings('web', { 'cpu.weight': '50' });
    expect(manager.calls.filter((call) => call.startsWith('writeSettings'))).toEqual([]);
    // Named again, it is set again: somebody else may have set another.
    await settings.changeSettings('web', { 'cpu.weight': '50' });
    expect(manager.calls.filter((call) => call.startsWith('changeLimits'))).toHaveLength(2);
  });

  it.each<[Record<string, string>, string]>([
    [{ 'memory.max': '1G', nesting: 'true' }, 'nesting'],
    [{ 'memory.max': '1G', 'hugetlb.2MB.max': '64M' }, 'hugetlb'],
    [{ 'memory.max': '1G', 'restart.policy': 'always' }, 'restart'],
    [{ 'memory.max': '1G', apparmor: 'off' }, 'apparmor'],
    [{ 'memory.max': '1G', 'environment.A': 'a\nb' }, 'environment.A'],
  ])(
    '%j changes nothing: one of the keys has no word, which is named with another way',
    async (changes, key) => {
      const { manager, settings } = open();
      const error = await settings.changeSettings('web', changes).catch((reason) => reason);
      expect(error).toMatchObject({ code: 'unsupported', message: expect.stringContaining(key) });
      expect(error.hint).toBeTruthy();
      expect(manager.calls).toEqual([]);
    },
  );

  it('that are what they would be anyway need no word', async () => {
    const { settings } = open();
    await settings.changeSettings('web', { nesting: 'false', 'restart.policy': 'no' });
  });

  it('are all as they were when the manager refuses one of them', async () => {
    const { manager, settings } = open();
    await settings.changeSettings('web', { 'memory.max': '1G' });
    manager.failNext('writeSettings', new BackendError('failed', 'no space'));
    const changes = { 'memory.max': '2G', autostart: 'yes', hostname: 'www' };
    await expect(settings.changeSettings('web', changes)).rejects.toThrow('no space');
    expect(await manager.settings.storedLimits('web')).toEqual({ 'memory.max': 1024 ** 3 });
    expect(await manager.life.isEnabled('web')).toBe(false);
    expect(await manager.settings.read('web')).toBeUndefined();
  });

  it('of one that runs from somewhere else are not ours to change', async () => {
    const { manager, settings } = open();
    manager.put('stray', { state: 'running', pid: 1, monitorPid: 1, startedAt: 0 });
    await expect(settings.changeSettings('stray', { hostname: 'a' })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('the text that a person edits', () => {
  it('is that of the settings file, and comes back as it was typed', async () => {
    const { manager, settings } = open();
    const text = '# mine\n[Network]\nBridge=br0\n[X-Mine]\na=b\n';
    await settings.replaceConfig('web', text);
    expect(await settings.configText('web')).toBe(text);
    expect(await manager.settings.read('web')).toBe(text);
  });

  it('begins with a word of what it is where there is none, and is no file before it is changed', async () => {
    const { manager, settings } = open();
    expect(await settings.configText('web')).toMatch(/^# Settings of web: systemd\.nspawn\(5\)/);
    expect(await manager.settings.read('web')).toBeUndefined();
    await settings.replaceConfig('web', '\n');
    expect(await manager.settings.read('web')).toBeUndefined();
  });

  it('is refused where systemd-nspawn would silently do without a part of it', async () => {
    const { manager, settings } = open();
    await expect(settings.replaceConfig('web', '[Exec]\nBoot=yes\n[Exce]\nUser=a\n')).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringContaining('line 3'),
    });
    expect(manager.calls).toEqual([]);
  });
});
