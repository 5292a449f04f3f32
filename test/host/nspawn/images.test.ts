/** Images, on a real systemd-machined: made whole or not at all, and seen by machinectl as its own. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createNspawnManager } from '../../../src/backends/nspawn/nspawn-backend.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { imagesAreSubvolumes } from '../../setup/nspawn-host.ts';
import { HELPER } from '../native-machine.ts';
import { withNspawnHost } from './nspawn-host.ts';

const POOL = '/var/lib/machines';
/** Of what is made here. */
const kind = imagesAreSubvolumes ? 'subvolume' : 'directory';
const SETTINGS = '/etc/systemd/nspawn';
const { busyboxImage, machinectl, run, cleanUp } = withNspawnHost();
const manager = createNspawnManager({ environment: process.env, helperPath: HELPER });
const { images, trees } = manager;

afterEach(cleanUp);
afterAll(manager.close);

const listed = async () =>
  (await machinectl('list-images', '--all', '--no-legend'))
    .split('\n')
    .filter((line) => !/^\.host\b/.test(line) && line !== '');
const settingsOf = (name: string) => readFileSync(join(SETTINGS, `${name}.nspawn`), 'utf8');

describe('an image that is made', () => {
  it('is there when it is whole, a subvolume on btrfs, with what was set under its hidden name', async () => {
    await images.make(
      'made',
      async ({ name, path }) => {
        writeFileSync(join(path, 'hello'), 'x');
        writeFileSync(join(SETTINGS, `${name}.nspawn`), '[Exec]\nBoot=no\n');
        expect(await machinectl('list-images', '--no-legend')).not.toMatch(/made/);
        expect(await images.all()).toEqual([]);
      },
      quietWork,
    );
    expect(await listed()).toEqual([expect.stringMatching(new RegExp(`^made +${kind} +no`))]);
    expect(settingsOf('made')).toBe('[Exec]\nBoot=no\n');
    expect(await images.find('made')).toMatchObject({
      name: 'made',
      kind,
      path: join(POOL, 'made'),
      readOnly: false,
    });
  });

  it('leaves nothing when it cannot be filled', async () => {
    const fails = images.make(
      'made',
      async ({ path }) => {
        writeFileSync(join(path, 'hello'), 'x');
        throw new Error('no');
      },
      quietWork,
    );
    await expect(fails).rejects.toThrow('no');
    expect(readdirSync(POOL)).toEqual([]);
  });

  it('does not take a name that machinectl gave meanwhile', async () => {
    await busyboxImage('other');
    const makes = images.make(
      'made',
      async () => void (await machinectl('clone', 'other', 'made')),
      quietWork,
    );
    await expect(makes).rejects.toMatchObject({ code: 'busy' });
    expect(readdirSync(POOL).sort()).toEqual(['made', 'other']);
    expect(readdirSync(join(POOL, 'made'))).toContain('bin');
  });

  it('is told as unfinished while it is made, and settled after a death', async () => {
    mkdirSync(join(POOL, '.tsmachine-making.dead', 'deep'), { recursive: true });
    writeFileSync(join(SETTINGS, '.tsmachine-making.dead.nspawn'), '');
    writeFileSync(join(SETTINGS, '.tsmachine-removing.gone.nspawn'), '');
    expect(await images.leavings()).toEqual({
      hidden: [],
      notes: [],
      unfinished: expect.arrayContaining(['dead', 'gone']),
    });
    for (const name of ['dead', 'gone']) await images.settle(name);
    expect(readdirSync(POOL)).toEqual([]);
    expect(readdirSync(SETTINGS)).toEqual([]);
    expect(await images.leavings()).toEqual({ hidden: [], notes: [], unfinished: [] });
  });

  it('gets settings that it lost on the way to its name', async () => {
    await busyboxImage('late');
    run('mv', join(SETTINGS, 'late.nspawn'), join(SETTINGS, '.tsmachine-making.late.nspawn'));
    await images.settle('late');
    expect(settingsOf('late')).toContain('SIGUSR2');
  });
});

describe('a clone', () => {
  it('has settings that no more people can read than those of the original', async () => {
    await busyboxImage('web', ['Environment=TOKEN=secret']);
    chmodSync(join(SETTINGS, 'web.nspawn'), 0o600);
    await images.clone('web', 'web@one', { readOnly: true }, quietWork);
    expect(statSync(join(SETTINGS, 'web@one.nspawn')).mode & 0o777).toBe(0o600);
  });

  it('of a subvolume has its files and settings, and is prepared before anybody sees it', async () => {
    await busyboxImage('web', ['[Files]', 'Volatile=no']);
    const prepare = async ({ path }: { readonly path: string }) => {
      await trees.renewIdentity(path, { hostname: 'copy', machineId: 'a'.repeat(32) });
      expect(await machinectl('list-images', '--no-legend')).not.toMatch(/copy/);
      return true;
    };
    await images.clone('web', 'copy', { readOnly: false, prepare }, quietWork);
    expect(readFileSync(join(POOL, 'copy/etc/hostname'), 'utf8')).toBe('copy\n');
    expect(settingsOf('copy')).toBe(settingsOf('web'));
  });

  it('is read-only if it shall be, and is seen so', async () => {
    await busyboxImage('web');
    await images.clone('web', 'web@one', { readOnly: true }, quietWork);
    expect(await images.find('web@one')).toMatchObject({ readOnly: true, kind });
    expect(await machinectl('list-images', '--no-legend')).toMatch(
      new RegExp(`web@one +${kind} +(yes|read-only)`),
    );
    await images.remove('web@one', quietWork);
    expect(await images.find('web@one')).toBeUndefined();
  });

  it('of a plain directory is a subvolume where there are some', async () => {
    mkdirSync(join(POOL, 'plain/etc'), { recursive: true });
    writeFileSync(join(POOL, 'plain/etc/x'), 'x');
    await images.clone('plain', 'copy', { readOnly: false }, quietWork);
    expect(await images.find('copy')).toMatchObject({ kind });
    expect(readFileSync(join(POOL, 'copy/etc/x'), 'utf8')).toBe('x');
  });

  it('of a disk image is one', async () => {
    execFileSync('truncate', ['-s', '8M', join(POOL, 'disk.raw')]);
    await images.clone('disk', 'copy', { readOnly: false }, quietWork);
    expect(await images.find('copy')).toMatchObject({ kind: 'raw', path: join(POOL, 'copy.raw') });
    await images.rename('copy', 'again');
    await images.remove('again', quietWork);
    expect(readdirSync(POOL)).toEqual(['disk.raw']);
  });

  it('of what is not there says so', async () => {
    const clones = images.clone('nobody', 'copy', { readOnly: false }, quietWork);
    await expect(clones).rejects.toMatchObject({ code: 'no-such-machine' });
    expect(readdirSync(POOL)).toEqual([]);
  });
});

describe('an image that goes', () => {
  it.runIf(imagesAreSubvolumes)(
    'takes its settings along, with read-only subvolumes that were made in it',
    async () => {
      const path = await busyboxImage('web');
      await run('btrfs', 'subvolume', 'create', join(path, 'inner'));
      await run('btrfs', 'property', 'set', '-t', 'subvol', join(path, 'inner'), 'ro', 'true');
      await images.remove('web', quietWork);
      expect(readdirSync(POOL)).toEqual([]);
      expect(readdirSync(SETTINGS)).toEqual([]);
    },
  );

  it('goes too when it is an immutable directory', async () => {
    mkdirSync(join(POOL, 'plain/etc'), { recursive: true });
    await images.setReadOnly('plain', true);
    expect(await images.find('plain')).toMatchObject({ readOnly: true, kind: 'directory' });
    await images.remove('plain', quietWork);
    expect(readdirSync(POOL)).toEqual([]);
  });

  it('stays as it is while something is mounted in it', async () => {
    const path = await busyboxImage('web');
    await run('mount', '-t', 'tmpfs', 'none', join(path, 'mnt'));
    await expect(images.remove('web', quietWork)).rejects.toMatchObject({ errno: 'EBUSY' });
    expect(existsSync(join(path, 'bin'))).toBe(true);
    await run('umount', join(path, 'mnt'));
  });

  it('stays while it runs, with its name', async () => {
    await busyboxImage('web');
    await machinectl('start', 'web');
    await expect(images.remove('web', quietWork)).rejects.toMatchObject({ code: 'busy' });
    await expect(images.rename('web', 'other')).rejects.toMatchObject({ code: 'busy' });
    // Who runs it holds a lock beside it.
    expect(readdirSync(POOL).filter((name) => !name.startsWith('.#'))).toEqual(['web']);
  });
});

describe('a limit of its size', () => {
  it.runIf(imagesAreSubvolumes)('is kept by btrfs, told, and taken back', async () => {
    await busyboxImage('web');
    await images.setSizeLimit('web', 64 * 1024 ** 2);
    const limit = async () => (await images.find('web'))?.limitBytes;
    // machined tells what it knew of an image a moment ago, as long as it has calls to answer.
    await expect.poll(limit).toBe(64 * 1024 ** 2);
    await images.setSizeLimit('web', 'max');
    await expect.poll(limit).toBeNull();
  });

  it('cannot be had of a directory', async () => {
    mkdirSync(join(POOL, 'plain/etc'), { recursive: true });
    await expect(images.setSizeLimit('plain', 1024 ** 2)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('plain is no subvolume'),
      hint: expect.stringContaining('clone'),
    });
  });
});

it('has the mode that others may look into', async () => {
  await images.make('made', async () => {}, quietWork);
  expect(statSync(join(POOL, 'made')).mode & 0o7777).toBe(0o755);
});
