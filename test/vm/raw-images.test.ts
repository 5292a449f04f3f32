/**
 * Machines of systemd-nspawn whose files lie in a disk image. They run from loop devices, which only the virtual machine has (npm run test:vm).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CopyRequest } from '../../src/machines/file-access.ts';
import { readApplets } from '../../src/templates/busybox/applets.ts';
import { writeTree } from '../../src/templates/busybox/tree.ts';
import { exportRequest } from '../contract/requests.ts';
import { execRequest } from '../fakes/exec-request.ts';
import { snapshotRequest, work } from '../fakes/machine-files.ts';
import { withNspawnHost } from '../host/nspawn/nspawn-host.ts';
import { openReal } from '../host/nspawn/real-managed.ts';
import { busyboxFolder } from '../setup/test-run.ts';

const POOL = '/var/lib/machines';
const { root, env } = withNspawnHost();
const { machines, manager } = openReal(env);

afterAll(() => manager.close());

beforeAll(async () => {
  const tree = join(root, 'tree');
  mkdirSync(tree);
  const busybox = join(busyboxFolder(), 'busybox');
  await writeTree(tree, busybox, await readApplets(busybox, new AbortController().signal));
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, join(POOL, 'disk.raw'), '32M']);
  rmSync(tree, { recursive: true });
  writeFileSync('/etc/systemd/nspawn/disk.nspawn', '[Exec]\nKillSignal=SIGUSR2\n');
});

const sh = async (name: string, script: string) =>
  (await machines.exec(name, execRequest(['sh', '-c', script]))).stdout.toString();
/** Reads and changes the disk of a machine that is stopped, without a mount. */
const debugfs = (image: string, words: readonly string[]) =>
  execFileSync('debugfs', [...words, join(POOL, `${image}.raw`)], { stdio: 'pipe' }).toString();
/** Nothing for a file that is not there. */
const onDisk = (image: string, path: string) => debugfs(image, ['-R', `cat ${path}`]);
const copying = (source: string, target: string): CopyRequest => ({
  ...work,
  sources: [source],
  target,
  parents: false,
  owner: undefined,
  setId: false,
});
const images = () =>
  readdirSync(POOL)
    .filter((entry) => entry.endsWith('.raw') && !entry.startsWith('.'))
    .sort();
const clone = (source: string, name: string, keepIdentity: boolean) =>
  machines.clone(source, name, { ...work, keepIdentity });
const stop = () => machines.stop('disk', { timeoutSeconds: 60 });

async function changes(): Promise<void> {
  for await (const _ of machines.diff('disk', undefined, undefined));
}

describe('a machine whose files lie in a disk image', () => {
  it('runs, is entered, and has its files carried in and out, as any other', async () => {
    const [carried, returned] = ['carried', 'returned'].map((name) => join(root, name));
    writeFileSync(carried as string, 'carried\n');
    await machines.start('disk', { ifNeeded: false });
    await machines.push('disk', copying(carried as string, '/root/note'));
    expect(await sh('disk', 'cat /root/note; echo two >> /root/note')).toBe('carried\n');
    await machines.pull('disk', copying('/root/note', returned as string));
    expect(readFileSync(returned as string, 'utf8')).toBe('carried\ntwo\n');
  });

  it('has no state kept and is not cloned while it runs: the image is whole when it is stopped', async () => {
    const refusal = { code: 'unsupported', hint: expect.stringContaining('tsmachine stop disk') };
    await expect(machines.snapshot('disk', snapshotRequest())).rejects.toMatchObject(refusal);
    await expect(clone('disk', 'copy', true)).rejects.toMatchObject(refusal);
    expect(images()).toEqual(['disk.raw']);
  });

  it('has states kept when it is stopped, each an image that is read-only', async () => {
    expect(await stop()).toMatchObject({ clean: true });
    await machines.snapshot('disk', snapshotRequest({ snapshot: 'one' }));
    expect(await machines.snapshots('disk')).toMatchObject([{ name: 'one' }]);
    expect(await manager.images.find('disk@one')).toMatchObject({ kind: 'raw', readOnly: true });
    expect(onDisk('disk@one', '/root/note')).toBe('carried\ntwo\n');
  });

  it('is cloned only with its identity, and the clone runs from an image of its own', async () => {
    await expect(clone('disk', 'copy', false)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('--keep-identity'),
    });
    await expect(machines.startEphemeral('disk', work)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('tsmachine clone disk NEW --keep-identity'),
    });
    await clone('disk@one', 'copy', true);
    await machines.start('copy', { ifNeeded: false });
    expect(await sh('copy', 'cat /root/note; rm /root/note; sync')).toBe('carried\ntwo\n');
    await machines.destroy('copy', { force: true, now: true });
    expect(images()).toEqual(['disk.raw', 'disk@one.raw']);
    expect(onDisk('disk@one', '/root/note')).toBe('carried\ntwo\n');
  });

  it('says what to do where its files would have to be mounted', async () => {
    const start = { code: 'unsupported', hint: expect.stringMatching(/start disk/i) };
    await expect(machines.push('disk', copying('/etc/hostname', '/root'))).rejects.toMatchObject(start);
    await expect(machines.pull('disk', copying('/root/note', root))).rejects.toMatchObject(start);
    const dissect = { code: 'unsupported', hint: expect.stringContaining('systemd-dissect') };
    await expect(changes()).rejects.toMatchObject(dissect);
    await expect(machines.revert('disk', ['/root/note'], undefined, work)).rejects.toMatchObject(dissect);
    const exported = machines.exportMachine('disk', exportRequest(join(root, 'disk.tar')));
    await expect(exported).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('machinectl export-raw disk FILE'),
    });
  });

  it('is restored to a state, and what it was is kept', async () => {
    debugfs('disk', ['-w', '-R', 'rm /root/note']);
    const before = await machines.restore('disk', 'one', work);
    expect(onDisk('disk', '/root/note')).toBe('carried\ntwo\n');
    expect(onDisk(`disk@${before}`, '/root/note')).toBe('');
    expect(await manager.images.find('disk')).toMatchObject({ kind: 'raw', readOnly: false });
  });

  it('goes to the trash with its states, and comes back by undo, or under another name', async () => {
    const before = images();
    await machines.destroy('disk', { force: false, now: false });
    expect(images()).toEqual([]);
    await machines.undo(work);
    expect(images()).toEqual(before);
    await machines.destroy('disk', { force: false, now: false });
    const [entry] = await machines.trash();
    await machines.restoreFromTrash(entry?.entry ?? '', { as: 'other' });
    expect(images()).toEqual(before.map((image) => image.replace('disk', 'other')));
    expect(onDisk('other', '/root/note')).toBe('carried\ntwo\n');
  });

  it('tells what its image and its states take on disk, and is gone with them when the trash is emptied', async () => {
    const taken = images().map((image) => statSync(join(POOL, image)).blocks * 512);
    const ownBytes = taken.reduce((sum, bytes) => sum + bytes);
    expect(await machines.diskUsage('other')).toEqual({ ownBytes, sharedBytes: 0 });
    await machines.destroy('other', { force: false, now: false });
    expect(await machines.emptyTrash(undefined)).toBe(1);
    expect(readdirSync(POOL).filter((entry) => entry.includes('.raw') && !entry.endsWith('.lck'))).toEqual(
      [],
    );
  });
});
