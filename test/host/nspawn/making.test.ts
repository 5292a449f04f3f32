/** Machines that come, go and get other names, on a real systemd-machined: ours are its, and its are ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { work } from '../../fakes/deeds.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import { caught } from '../../machines/caught.ts';
import { imagesAreSubvolumes } from '../../setup/nspawn-host.ts';
import { withNspawnHost } from './nspawn-host.ts';
import { fileOf, POOL, pool, SETTINGS, settingsOf, tiny } from './on-disk.ts';
import { openReal } from './real-managed.ts';

const kind = imagesAreSubvolumes ? 'subvolume' : 'directory';
const { root, env, busyboxImage, machinectl, run, cleanUp } = withNspawnHost();
const { machines, native, manager } = openReal(env);

afterEach(cleanUp);
afterAll(manager.close);

const memoryOf = (name: string) => run('systemctl', 'show', '-P', 'MemoryMax', `systemd-nspawn@${name}`);
const isRunning = async (name: string) =>
  (await run('systemctl', 'show', '-P', 'ActiveState', `systemd-nspawn@${name}`)) === 'active';

describe('a machine of ours', () => {
  it('is started, stopped and removed by machinectl, with the settings that it was made with', async () => {
    await machines.create(tiny('web', { 'memory.max': '64M' }));
    expect(await machinectl('list-images', '--no-legend')).toMatch(new RegExp(`^web +${kind} +no`));
    expect(await memoryOf('web')).toBe(String(64 * 1024 ** 2));
    await machinectl('start', 'web');
    expect(await isRunning('web')).toBe(true);
    // BusyBox knows no other signal.
    await run('systemctl', 'stop', 'systemd-nspawn@web');
    expect(await run('systemctl', 'show', '-P', 'Result', 'systemd-nspawn@web')).toBe('success');
    await machinectl('remove', 'web');
    expect(pool()).toEqual([]);
    expect(existsSync(join(SETTINGS, 'web.nspawn'))).toBe(false);
  });

  it('has users of its own; with privileged=true it has those of the host', async () => {
    await machines.create(tiny('own'));
    await machines.create(tiny('host', { privileged: 'true' }));
    for (const name of ['own', 'host']) {
      await machinectl('start', name);
      const leader = await machinectl('show', name, '--property=Leader', '--value');
      const map = readFileSync(`/proc/${leader}/uid_map`, 'utf8');
      if (name === 'own') expect(map).not.toMatch(/^ *0 +0 /);
      else expect(map).toMatch(/^ *0 +0 /);
    }
  });

  it('cannot have a name that machinectl gave', async () => {
    await busyboxImage('web');
    expect((await caught(() => machines.create(tiny('web')))).code).toBe('exists');
    expect(pool()).toEqual(['web']);
  });
});

describe('a machine of machinectl', () => {
  it('is cloned, as somebody else, and renamed with its settings', async () => {
    await busyboxImage('web', ['Hostname=shop']);
    writeFileSync(join(POOL, 'web/etc/hostname'), 'web\n');
    await machines.clone('web', 'copy', { keepIdentity: false, ...work });
    expect(fileOf('copy', 'etc/hostname')).toBe('copy\n');
    expect(settingsOf('copy')).toContain('KillSignal=SIGUSR2');
    expect(settingsOf('copy')).not.toContain('Hostname');
    const text = settingsOf('web');
    await machines.rename('web', 'other');
    expect(settingsOf('other')).toBe(text);
    expect(fileOf('other', 'etc/hostname')).toBe('other\n');
    expect(pool()).toEqual(['copy', 'other']);
  });

  it('takes its limits along to its new name, and leaves none behind', async () => {
    await busyboxImage('web');
    await run('systemctl', 'set-property', 'systemd-nspawn@web.service', 'MemoryMax=64M');
    await machines.rename('web', 'shop');
    expect(await memoryOf('shop')).toBe(String(64 * 1024 ** 2));
    expect(await memoryOf('web')).toBe('infinity');
  });

  it('has no limit under its new name that it alone had not', async () => {
    await busyboxImage('web');
    const tasksMax = (name: string) =>
      run('systemctl', 'show', '--property=TasksMax', '--value', `systemd-nspawn@${name}.service`);
    expect(await tasksMax('web')).not.toBe('infinity');
    await run('systemctl', 'set-property', 'systemd-nspawn@web.service', 'TasksMax=infinity');
    await machines.rename('web', 'shop');
    expect(await tasksMax('shop')).toBe('infinity');
    await machines.clone('shop', 'copy', { keepIdentity: false, ...work });
    expect(await tasksMax('copy')).toBe('infinity');
  });

  it('is cloned while it runs', async () => {
    await busyboxImage('web');
    await machinectl('start', 'web');
    await machines.clone('web', 'copy', { keepIdentity: false, ...work });
    await machinectl('start', 'copy');
    expect([await isRunning('web'), await isRunning('copy')]).toEqual([true, true]);
  });

  it('is not renamed while it runs, and destroyed only by force', async () => {
    await busyboxImage('web');
    await machinectl('start', 'web');
    expect((await caught(() => machines.rename('web', 'shop'))).code).toBe('wrong-state');
    expect((await caught(() => machines.destroy('web', { force: false, now: true }))).code).toBe(
      'wrong-state',
    );
    await machines.destroy('web', { force: true, now: true });
    expect(pool()).toEqual([]);
    expect(await isRunning('web')).toBe(false);
  });

  it('whose image was removed beneath us is no machine any more', async () => {
    await busyboxImage('web');
    await machinectl('remove', 'web');
    for (const deed of [
      () => machines.clone('web', 'copy', { keepIdentity: false, ...work }),
      () => machines.rename('web', 'copy'),
      () => machines.destroy('web', { force: true, now: true }),
    ]) {
      expect((await caught(deed)).code).toBe('no-such-machine');
    }
    expect(pool()).toEqual([]);
  });
});

describe('a disk image', () => {
  it('is cloned with its identity, renamed and removed; what needs its files says what else to do', async () => {
    execFileSync('truncate', ['-s', '8M', join(POOL, 'disk.raw')]);
    expect((await caught(() => machines.clone('disk', 'copy', { keepIdentity: false, ...work }))).code).toBe(
      'unsupported',
    );
    await machines.clone('disk', 'copy', { keepIdentity: true, ...work });
    await machines.rename('copy', 'again');
    expect(pool()).toEqual(['again.raw', 'disk.raw']);
    const target = { path: join(root, 'disk.tar') };
    const exported = await caught(() =>
      machines.exportMachine('disk', { target, snapshots: false, force: false, ...work }),
    );
    expect(exported).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('export-raw disk FILE'),
    });
    await machines.destroy('again', { force: false, now: true });
    expect(pool()).toEqual(['disk.raw']);
  });
});

describe('an archive', () => {
  it('of a machine with a kept state comes back as both, read-only and not', async () => {
    await machines.create(tiny('web', { 'memory.max': '64M' }));
    writeFileSync(join(POOL, 'web/note'), 'before');
    await manager.images.clone('web', 'web@one', { readOnly: true }, work);
    writeFileSync(join(POOL, 'web/note'), 'after');
    // What is gone is unpacked as a whiteout, a device node, which a machine within a machine may not make.
    const canHide = spawnSync('mknod', [join(root, 'whiteout'), 'c', '0', '0']).status === 0;
    if (canHide) rmSync(join(POOL, 'web/etc/hosts'));
    const path = join(root, 'web.tar.zst');
    expect(
      await machines.exportMachine('web', { target: { path }, snapshots: true, force: false, ...work }),
    ).toEqual(['one']);
    const imported = await machines.importMachine({
      source: { path },
      name: 'back',
      storage: undefined,
      keepIdentity: true,
      trust: false,
      maxBytes: undefined,
      ...work,
    });
    expect(imported).toMatchObject({ name: 'back', snapshots: ['one'] });
    expect([fileOf('back', 'note'), fileOf('back@one', 'note')]).toEqual(['after', 'before']);
    expect(existsSync(join(POOL, 'back/etc/hosts'))).toBe(!canHide);
    expect(existsSync(join(POOL, 'back@one/etc/hosts'))).toBe(true);
    expect(await manager.images.find('back@one')).toMatchObject({ readOnly: true });
    expect(await manager.images.find('back')).toMatchObject({ readOnly: false, kind });
    expect(await memoryOf('back')).toBe(String(64 * 1024 ** 2));
    await machinectl('start', 'back');
    expect(await isRunning('back')).toBe(true);
  });

  it('goes from a native machine to one of systemd-nspawn, and back', async () => {
    await native.create({ ...tiny('old'), storage: 'dir' });
    const path = join(root, 'old.tar');
    const target = { path };
    await native.exportMachine('old', { target, snapshots: false, force: false, ...work });
    const options = { storage: undefined, keepIdentity: false, trust: false, maxBytes: undefined, ...work };
    await machines.importMachine({ source: { path }, name: 'new', ...options });
    expect(fileOf('new', 'etc/hostname')).toBe('new\n');
    expect(settingsOf('new')).toContain('KillSignal=SIGUSR2');
    await machinectl('start', 'new');
    expect(await isRunning('new')).toBe(true);
    await run('systemctl', 'stop', 'systemd-nspawn@new');
    await machines.exportMachine('new', { target, snapshots: false, force: true, ...work });
    await native.importMachine({ source: { path }, name: 'again', ...options, storage: 'dir' });
    expect(await native.readConfig('again')).toMatchObject({
      backend: 'native',
      template: { name: 'busybox' },
    });
    for (const name of ['old', 'again']) await native.destroy(name, { force: true, now: true });
  });
});

describe('a machine whose owners systemd-nspawn has shifted on disk', () => {
  it('is exported with those that it sees', async () => {
    await machines.create(tiny('web'));
    execFileSync('chown', ['-R', '--no-dereference', '655360:655360', join(POOL, 'web')]);
    const path = join(root, 'shifted');
    const options = { compression: 'none', snapshots: false, force: false, ...work } as const;
    // The name says nothing, and need not.
    await machines.exportMachine('web', { target: { path }, ...options });
    expect(await run('tar', '--numeric-owner', '-tvf', path)).not.toMatch(/655360/);
    expect(await run('stat', '-c', '%u', join(POOL, 'web'))).toBe('655360');
  });
});

describe('a machine for one command', () => {
  const command = execRequest(['sh', '-c', 'echo hello; exit 3']);

  it('is there for it and gone after it', async () => {
    const { exitCode, stdout } = await machines.run({ ...tiny('once'), command });
    expect([exitCode, stdout.toString()]).toEqual([3, 'hello\n']);
    expect(pool()).toEqual([]);
    expect(readdirSync(SETTINGS)).toEqual([]);
  });
});
