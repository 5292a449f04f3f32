/** dir and btrfs: whole trees, on file systems of the test's own. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import type { FileState } from '../../../src/backends/storage.ts';
import { createNativeHost, type NativeHost, unhurried } from '../native-machine.ts';
import { type Disk, makeDisk } from './disk.ts';
import { askInside, bareMachine, end, placeOf, textIn, write } from './kept-machines.ts';

describe.each(['dir', 'btrfs'] as const)('a %s machine', (driver) => {
  let disk: Disk;
  let host: NativeHost;
  beforeAll(() => {
    disk = makeDisk(driver === 'btrfs' ? 'btrfs' : 'ext4', 512);
    host = createNativeHost(undefined, undefined, disk.folder);
  });
  afterAll(async () => {
    try {
      await host.remove();
    } finally {
      disk.remove();
    }
  });

  const storage = () => host.backend.storage;
  const create = (name: string): Promise<MachineHandle> =>
    host.create(name, { storage: { driver, layers: [host.layer] } });
  const rootOf = (machine: MachineHandle): string => `${machine.directory}/storage/root`;

  it('has its own tree with its own ids, and no device in it works', async () => {
    const machine = await create('own');
    execFileSync('mknod', [`${rootOf(machine)}/root/zero`, 'c', '1', '5']);
    const script =
      'hostname; touch /root/mine; stat -c %u /root/mine; head -c1 /root/zero 2>&1 | grep -c denied';
    expect(await askInside(host, machine, script)).toBe('own\n0\n1\n');
    expect(lstatSync(`${rootOf(machine)}/root/mine`).uid).toBe(0);
    expect(existsSync(`${host.layer}/root/mine`)).toBe(false);
    expect(storage().stateOf(machine)).toEqual({ driver, layers: [host.layer], tree: rootOf(machine) });
  });

  it('is kept when it is stopped, and goes back to what was kept', async () => {
    const machine = await create('kept');
    write(machine, 'root/note', 'one');
    const place = placeOf(host, machine, 'a');
    const first = await storage().keep(machine, place, unhurried);
    expect(first).toEqual({
      kept: { driver, layers: [host.layer], tree: place.tree },
      machineLayers: [host.layer],
      frozenMs: undefined,
    });
    expect(await storage().keep(machine, place, unhurried)).toEqual(first);
    await askInside(host, machine, 'rm /root/note; echo two > /root/other');
    expect(textIn(place.tree, 'root/note')).toBe('one');

    const next = placeOf(host, machine, 'b');
    const replaced = await storage().replace(machine, first.kept, next, unhurried);
    expect(replaced.kept.tree).toBe(next.tree);
    expect(await askInside(host, machine, 'cat /root/note; ls /root')).toBe('onenote\n');
    expect(readdirSync(`${next.tree}/root`)).toEqual(['other']);
    expect(readdirSync(dirname(next.tree))).toEqual(['root']);
    await storage().replace(machine, replaced.kept, placeOf(host, machine, 'c'), unhurried);
    expect(await askInside(host, machine, 'ls /root')).toBe('other\n');
    expect(readdirSync(`${machine.directory}/storage`)).toEqual(['root']);
  });

  it('is put back by a second call when the first one died between its renames', async () => {
    const machine = await create('halfway');
    write(machine, 'root/note', 'one');
    const { kept } = await storage().keep(machine, placeOf(host, machine, 'a'), unhurried);
    write(machine, 'root/note', 'two');
    const place = placeOf(host, machine, 'b');
    await storage().replace(machine, kept, place, unhurried);
    execFileSync('mv', [rootOf(machine), `${place.tree}.next`]);
    await storage().replace(machine, kept, place, unhurried);
    expect([textIn(rootOf(machine), 'root/note'), textIn(place.tree, 'root/note')]).toEqual(['one', 'two']);
  });

  it('is kept while it runs, and goes on', async () => {
    const machine = await create('runs');
    await host.backend.start(machine);
    await host.run(machine, '/bin/sh', '-c', 'echo one > /root/note');
    const place = placeOf(host, machine, 'a');
    const { frozenMs } = await storage().keep(machine, place, unhurried);
    expect(frozenMs === undefined).toBe(driver === 'btrfs');
    expect(host.backend.status(machine).state).toBe('running');
    await host.run(machine, '/bin/sh', '-c', 'echo two > /root/note');
    expect(textIn(place.tree, 'root/note')).toBe('one\n');
    await end(host, machine);
  });

  it('is cloned from what it is now, and from what was kept', async () => {
    const machine = await create('source');
    write(machine, 'root/note', 'one');
    const place = placeOf(host, machine, 'a');
    const { kept } = await storage().keep(machine, place, unhurried);
    write(machine, 'root/note', 'two');
    const expectClone = async (name: string, from: FileState | undefined, note: string) => {
      const clone = await bareMachine(host, name, driver);
      const state = await storage().clone(machine, from, clone, place.layer, unhurried);
      expect(state.kept.tree).toBe(rootOf(clone));
      expect(await storage().clone(machine, from, clone, place.layer, unhurried)).toEqual(state);
      await storage().renewIdentity(clone);
      expect(await askInside(host, clone, 'cat /root/note; hostname; echo > /root/more')).toBe(
        `${note}${name}\n`,
      );
    };
    await expectClone('of-now', undefined, 'two');
    await expectClone('of-then', kept, 'one');
    expect(readdirSync(`${place.tree}/root`)).toEqual(['note']);
  });

  it('is removed with all that was kept', async () => {
    const machine = await create('gone');
    await storage().keep(machine, placeOf(host, machine, 'a'), unhurried);
    await storage().remove(machine.directory);
    expect(existsSync(machine.directory)).toBe(false);
    await storage().remove(machine.directory);
  });

  it('takes bytes that can be counted', async () => {
    const machine = await create('bytes');
    const before = await storage().bytesOf(machine.directory);
    write(machine, 'root/note', 'x'.repeat(2 ** 20));
    execFileSync('ln', [`${rootOf(machine)}/root/note`, `${rootOf(machine)}/root/link`]);
    execFileSync('sync', ['-f', disk.folder]);
    const more = (await storage().bytesOf(machine.directory)) - before;
    expect(more).toBeGreaterThanOrEqual(2 ** 20);
    expect(more).toBeLessThan(2 ** 21);
  });
});

describe('btrfs', () => {
  let disk: Disk;
  let host: NativeHost;
  beforeAll(() => {
    disk = makeDisk('btrfs', 512);
    host = createNativeHost(undefined, undefined, disk.folder);
  });
  afterAll(async () => {
    try {
      await host.remove();
    } finally {
      disk.remove();
    }
  });

  const create = (name: string): Promise<MachineHandle> =>
    host.create(name, { storage: { driver: 'btrfs', layers: [host.layer] } });
  const rootOf = (machine: MachineHandle): string => `${machine.directory}/storage/root`;

  it('copies a layer once, and then makes snapshots of that', async () => {
    const base = `${host.layer}/../subvolume`;
    await Promise.all([create('first'), create('at-once')]);
    const { ino, dev } = statSync(base);
    expect(ino).toBe(256);
    expect(() => mkdirSync(`${base}/x`)).toThrow('EROFS');
    const machine = await create('second');
    expect(statSync(base).dev).toBe(dev);
    expect(readdirSync(`${machine.directory}/storage`)).toEqual(['root']);
    const parent = execFileSync('btrfs', ['subvolume', 'show', rootOf(machine)], { encoding: 'utf8' });
    const own = execFileSync('btrfs', ['subvolume', 'show', base], { encoding: 'utf8' });
    expect(/Parent UUID:\s*(\S+)/.exec(parent)?.[1]).toBe(/\n\s*UUID:\s*(\S+)/.exec(own)?.[1]);
  });

  it('keeps a tree that nobody can change any more', async () => {
    const machine = await create('sealed');
    const place = placeOf(host, machine, 'a');
    const { kept } = await host.backend.storage.keep(machine, place, unhurried);
    expect(() => mkdirSync(`${place.tree}/x`)).toThrow('EROFS');
    const next = placeOf(host, machine, 'b');
    await host.backend.storage.replace(machine, kept, next, unhurried);
    expect(() => mkdirSync(`${next.tree}/x`)).toThrow('EROFS');
    mkdirSync(`${rootOf(machine)}/x`);
  });

  it('removes the subvolumes that a machine has made in itself, read-only ones too', async () => {
    const machine = await create('nested');
    const root = rootOf(machine);
    execFileSync('btrfs', ['subvolume', 'create', `${root}/root/outer`]);
    execFileSync('btrfs', ['subvolume', 'create', `${root}/root/outer/inner`]);
    mkdirSync(`${root}/root/outer/inner/deep`);
    execFileSync('btrfs', ['subvolume', 'snapshot', '-r', `${root}/root/outer/inner`, `${root}/root/sealed`]);
    const place = placeOf(host, machine, 'a');
    await host.backend.storage.keep(machine, place, unhurried);
    await host.backend.storage.remove(machine.directory);
    expect(existsSync(machine.directory)).toBe(false);
    const left = execFileSync('btrfs', ['subvolume', 'list', disk.folder], { encoding: 'utf8' });
    expect(left).not.toContain('nested');
  });

  it('limits what a machine takes, until it is told otherwise', async () => {
    const machine = await create('limited');
    const { storage } = host.backend;
    const fill = () => writeFileSync(`${rootOf(machine)}/root/large`, Buffer.alloc(40 * 2 ** 20, 'x'));
    await storage.limitDisk(machine, 'max');
    await storage.limitDisk(machine, 20 * 2 ** 20);
    // EDQUOT, which this Node has no name for.
    expect(fill).toThrow(expect.objectContaining({ errno: -122 }));
    await storage.limitDisk(machine, 100 * 2 ** 20);
    fill();
    await storage.limitDisk(machine, 20 * 2 ** 20);
    await storage.limitDisk(machine, 'max');
    fill();
  });
});
