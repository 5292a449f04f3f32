import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { overlayDirectories } from '../../../src/backends/native/storage/places.ts';
import { createNativeHost, type NativeHost, unhurried } from '../native-machine.ts';
import {
  askInside,
  bareMachine,
  end,
  placeOf,
  textIn,
  withLayers,
  writable,
  write,
} from './kept-machines.ts';

let host: NativeHost;
beforeAll(() => {
  host = createNativeHost();
});
afterAll(() => host.remove());

const storage = () => host.backend.storage;

describe('an overlay machine that is stopped', () => {
  it('is kept by moving its changes into a layer, and boots over it', async () => {
    const machine = await host.create('kept');
    write(machine, 'root/note', 'one');
    const place = placeOf(host, machine, 'a');
    const { kept, machineLayers, frozenMs } = await storage().keep(machine, place, unhurried);
    expect(kept).toEqual({ driver: 'overlay', layers: [place.layer, host.layer], tree: undefined });
    expect({ machineLayers, frozenMs }).toEqual({ machineLayers: kept.layers, frozenMs: undefined });
    expect(readdirSync(writable(machine))).toEqual([]);
    expect(textIn(place.layer, 'root/note')).toBe('one');
    const after = withLayers(machine, machineLayers);
    expect(await askInside(host, after, 'cat /root/note; echo two > /root/note')).toBe('one');
    expect(textIn(place.layer, 'root/note')).toBe('one');
  });

  it('keeps owner, mode, time and attributes of its root directory, and nothing of what overlayfs noted there', async () => {
    const machine = await host.create('top');
    const upper = writable(machine);
    chownSync(upper, 3, 4);
    chmodSync(upper, 0o1750);
    for (const name of ['user.mine', 'trusted.overlay.origin'])
      execFileSync('setfattr', ['-n', name, '-v', '1', upper]);
    execFileSync('touch', ['-d', '2001-02-03 04:05:06.789', upper]);
    const before = statSync(upper);
    const place = placeOf(host, machine, 'a');
    await storage().keep(machine, place, unhurried);
    const after = statSync(upper);
    expect([after.uid, after.gid, after.mode & 0o7777, after.mtimeMs]).toEqual([
      3,
      4,
      0o1750,
      before.mtimeMs,
    ]);
    expect(attributesOf(upper)).toEqual(['user.mine']);
    expect(attributesOf(place.layer)).toEqual(['trusted.overlay.origin', 'user.mine']);
  });

  it('needs no layer for what did not change', async () => {
    const machine = await host.create('same');
    const first = placeOf(host, machine, 'a');
    const { machineLayers } = await storage().keep(machine, first, unhurried);
    const next = placeOf(host, machine, 'b');
    const { kept } = await storage().keep(withLayers(machine, machineLayers), next, unhurried);
    expect(kept.layers).toEqual(machineLayers);
    expect(existsSync(next.layer)).toBe(false);
    chmodSync(writable(machine), 0o700);
    const other = await storage().keep(withLayers(machine, machineLayers), next, unhurried);
    expect(other.kept.layers).toEqual([next.layer, ...machineLayers]);
  });

  it('is not kept where one layer more would be one too many to start with', async () => {
    const machine = await host.create('full');
    const below = Array.from({ length: 499 }, (_, number) => `${host.root}/layers/${number}/fs`);
    const most = withLayers(machine, [...below, host.layer]);
    write(machine, 'root/note', 'one');
    const place = placeOf(host, machine, 'a');
    await expect(storage().keep(most, place, unhurried)).rejects.toMatchObject({
      message: 'its files lie in 500 layers already, and overlayfs takes no more',
    });
    // A restore keeps what was before.
    const from = { driver: 'overlay', layers: [host.layer], tree: undefined } as const;
    await expect(storage().replace(most, from, place, unhurried)).rejects.toMatchObject({
      hint: expect.stringContaining('tsmachine snapshot-remove full'),
    });
    expect(textIn(writable(machine), 'root/note')).toBe('one');
    expect(existsSync(place.layer)).toBe(false);
  });

  it('finishes what was interrupted, at each step of it', async () => {
    const machine = await host.create('halfway');
    write(machine, 'root/note', 'one');
    const place = placeOf(host, machine, 'a');
    const storageFolder = `${machine.directory}/storage`;
    // Dead while the next upper was staged.
    execFileSync('mkdir', [`${storageFolder}/upper.new`]);
    execFileSync('touch', [`${storageFolder}/upper.new/half`]);
    const first = await storage().keep(machine, place, unhurried);
    expect(readdirSync(writable(machine))).toEqual([]);
    expect(await storage().keep(machine, place, unhurried)).toEqual(first);
    // Dead after the move, before the next upper got its name.
    execFileSync('mv', [`${storageFolder}/upper`, `${storageFolder}/upper.new`]);
    rmSync(`${storageFolder}/work`, { recursive: true });
    expect(await storage().keep(machine, place, unhurried)).toEqual(first);
    expect(readdirSync(storageFolder).toSorted()).toEqual(['upper', 'work']);
    const after = withLayers(machine, first.machineLayers);
    expect(await storage().keep(after, place, unhurried)).toEqual(first);
    expect(await askInside(host, after, 'cat /root/note')).toBe('one');
  });

  it('goes back to an earlier state, and what it was is kept', async () => {
    const machine = await host.create('back');
    write(machine, 'root/note', 'one');
    const { kept } = await storage().keep(machine, placeOf(host, machine, 'a'), unhurried);
    const later = withLayers(machine, kept.layers);
    await askInside(host, later, 'rm /root/note; echo two > /root/other');
    const place = placeOf(host, machine, 'b');
    const replaced = await storage().replace(later, kept, place, unhurried);
    expect(replaced.machineLayers).toEqual(kept.layers);
    expect(replaced.kept.layers).toEqual([place.layer, ...kept.layers]);
    expect(await storage().replace(later, kept, place, unhurried)).toEqual(replaced);
    expect(await askInside(host, later, 'cat /root/note; ls /root')).toBe('onenote\n');
    const forth = await storage().replace(later, replaced.kept, placeOf(host, machine, 'c'), unhurried);
    expect(await askInside(host, withLayers(machine, forth.machineLayers), 'ls /root')).toBe('other\n');
  });

  it('is whole again when a restore of one without changes died in the middle', async () => {
    const machine = await host.create('unchanged');
    const { kept } = await storage().keep(machine, placeOf(host, machine, 'a'), unhurried);
    const now = withLayers(machine, kept.layers);
    const place = placeOf(host, machine, 'b');
    const replaced = await storage().replace(now, kept, place, unhurried);
    expect(replaced.kept.layers).toEqual([place.layer, ...kept.layers]);
    execFileSync('mv', [writable(machine), `${writable(machine)}.new`]);
    rmSync(`${machine.directory}/storage/work`, { recursive: true });
    expect(await storage().replace(now, kept, place, unhurried)).toEqual(replaced);
    expect(await askInside(host, now, 'hostname')).toBe('unchanged\n');
  });

  it('starts upon other layers although its changes were once bound to theirs', async () => {
    const machine = await host.create('rebased');
    const { storage: directory, upper, work } = overlayDirectories(machine);
    const options = `index=on,lowerdir=${host.layer},upperdir=${upper},workdir=${work}`;
    mkdirSync(`${directory}/mount`);
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'tsmachine-test', `${directory}/mount`]);
    execFileSync('umount', [`${directory}/mount`]);
    expect(attributesOf(upper)).toContain('trusted.overlay.origin');
    const { layer } = placeOf(host, machine, 'a');
    execFileSync('cp', ['-a', host.layer, layer]);
    // The helper says index=off; where that is the kernel's default as well, this does not show whether it does.
    expect(await askInside(host, withLayers(machine, [layer]), 'hostname')).toBe('rebased\n');
  });
});

describe('an overlay machine that runs', () => {
  it('stands still only while its changes are copied, and keeps its own', async () => {
    const machine = await host.create('runs');
    await host.backend.start(machine);
    await host.run(machine, '/bin/sh', '-c', 'echo one > /root/note; rm /etc/inittab; mkfifo /root/pipe');
    const place = placeOf(host, machine, 'a');
    const { kept, machineLayers, frozenMs } = await storage().keep(machine, place, unhurried);
    expect(frozenMs).toBeGreaterThan(0);
    expect(machineLayers).toEqual([host.layer]);
    expect(host.backend.status(machine).state).toBe('running');
    expect(lstatSync(`${place.layer}/etc/inittab`).rdev).toBe(0);
    await host.run(machine, '/bin/sh', '-c', 'echo two > /root/note');
    await end(host, machine);
    expect(textIn(writable(machine), 'root/note')).toBe('two\n');
    const other = await bareMachine(host, 'runs-on', 'overlay', kept.layers);
    await storage().clone(machine, kept, other, place.layer, unhurried);
    expect(await askInside(host, other, 'cat /root/note; ls /etc/inittab || true')).toBe('one\n');
  });

  it('keeps its own changes, and only them, when the command died after the copy and it ended then', async () => {
    const machine = await host.create('copied');
    await host.backend.start(machine);
    await host.run(machine, '/bin/sh', '-c', 'echo > /root/removed-later');
    const place = placeOf(host, machine, 'a');
    const first = await storage().keep(machine, place, unhurried);
    await host.run(machine, '/bin/rm', '/root/removed-later');
    await end(host, machine);
    const again = await storage().keep(machine, place, unhurried);
    expect(again).toEqual({ ...first, frozenMs: undefined });
    expect(again.machineLayers).toEqual([host.layer]);
  });

  it('that its user has frozen stays so', async () => {
    const machine = await host.create('frozen');
    await host.backend.start(machine);
    await host.backend.freeze(machine, patience.poll);
    const { frozenMs } = await storage().keep(machine, placeOf(host, machine, 'a'), unhurried);
    expect(frozenMs).toBeUndefined();
    expect(host.backend.status(machine).state).toBe('frozen');
    await end(host, machine);
  });

  it('goes on when the copy is aborted, and nothing is left of it', async () => {
    const machine = await host.create('aborted');
    await host.backend.start(machine);
    await host.run(
      machine,
      '/bin/sh',
      '-c',
      'mkdir /root/many; cd /root/many; for i in $(seq 500); do echo $i > $i; done',
    );
    const place = placeOf(host, machine, 'a');
    const abort = new AbortController();
    const work = { progress: () => abort.abort(new Error('enough')), signal: abort.signal };
    await expect(storage().keep(machine, place, work)).rejects.toThrow('enough');
    expect(host.backend.status(machine).state).toBe('running');
    expect(readdirSync(dirname(place.layer))).toEqual([]);
    await end(host, machine);
  });
});

describe('a clone of an overlay machine', () => {
  it('shares what it was made from, and is somebody else', async () => {
    const machine = await host.create('source');
    write(machine, 'root/note', 'one');
    write(machine, 'etc/hosts', '127.0.1.1 source\n192.0.2.1 printer\n');
    const layer = placeOf(host, machine, 'clone').layer;
    const target = await bareMachine(host, 'copy', 'overlay');
    const state = await storage().clone(machine, undefined, target, layer, unhurried);
    expect(state.machineLayers).toEqual([layer, host.layer]);
    expect(
      await storage().clone(withLayers(machine, state.machineLayers), undefined, target, layer, unhurried),
    ).toEqual(state);
    const clone = withLayers(target, state.kept.layers);
    await storage().renewIdentity(clone);
    expect(readFileSync(`${writable(clone)}/etc/hosts`, 'utf8')).toBe('127.0.1.1\tcopy\n192.0.2.1 printer\n');
    expect(await askInside(host, clone, 'cat /root/note; hostname; echo more > /root/more')).toBe(
      'onecopy\n',
    );
    expect(await askInside(host, withLayers(machine, state.machineLayers), 'ls /root; hostname')).toBe(
      'note\nsource\n',
    );
  });
});

describe('a stack of many layers', () => {
  it('boots with 300 of them', async () => {
    let machine = await host.create('deep');
    for (let number = 1; number <= 300; number++) {
      write(machine, `root/${number}`, String(number));
      const { machineLayers } = await storage().keep(
        machine,
        placeOf(host, machine, String(number)),
        unhurried,
      );
      machine = withLayers(machine, machineLayers);
    }
    expect(machine.spec.storage.layers).toHaveLength(301);
    await storage().writeIdentity(machine);
    expect(await askInside(host, machine, 'ls /root | wc -l; cat /root/1')).toMatch(/^\s*300\n1$/);
  });
});

function attributesOf(path: string): readonly string[] {
  return execFileSync('getfattr', ['--absolute-names', '-m', '-', path], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .toSorted();
}
