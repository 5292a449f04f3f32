/** A machine leaves in an archive and comes back as another one, on another storage driver: nothing of its files is other than it was. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StorageDriverName } from '../../../src/backends/machine-spec.ts';
import { createNativeStorage } from '../../../src/backends/native/storage/native-storage.ts';
import type { FileState } from '../../../src/backends/storage.ts';
import { readSnapshotIn, stateOfSnapshot } from '../../../src/machines/snapshots/snapshot-file.ts';
import { pathsOf } from '../../../src/machines/store/paths.ts';
import { loadMachine } from '../../../src/machines/store/store.ts';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { elsewhere } from '../faults/elsewhere.ts';
import { HELPER, unhurried } from '../native-machine.ts';
import { type Disk, makeDisk } from './disk.ts';

const host = withRoot();
let disk: Disk;
let root: string;
let place: HostRoot;
beforeAll(() => {
  // All three drivers work on btrfs.
  disk = makeDisk('btrfs', 1024);
  root = join(disk.folder, 'store');
  place = inThisProcess(elsewhere(host, root));
});
afterAll(async () => {
  const { machines } = JSON.parse(await done('list', '--json'));
  for (const { name } of machines) await done('destroy', '--force', '--now', name);
  disk.remove();
});

const done = (...args: readonly string[]) => place.done(args);
const file = (name: string) => join(disk.folder, name);

/** Everything that is unusual about files. */
const ODD_FILES = String.raw`
  mkdir -p odd/empty odd/gone/deep odd/turns
  echo text > odd/text; ln odd/text odd/linked; ln -s ../etc/passwd odd/link; ln -s /etc/shadow odd/absolute
  touch "odd/$(printf 'no\377utf8')" "odd/$(printf 'new\nline')" 'odd/ü' 'odd/-dash' 'odd/a b' odd/gone/deep/file
  long=odd; for i in 1 2 3; do long=$long/$(printf "%0200d" $i); done; mkdir -p $long; echo far > $long/file
  mkfifo odd/fifo; mknod odd/null c 1 3; mknod odd/disk b 8 0
  cp /bin/true odd/setuid; chown 7:8 odd/setuid; chmod 6755 odd/setuid; chmod 1777 odd/empty
  setfattr -n user.note -v 'a=b%' odd/text; setfacl -m u:1234:rw odd/text; setfacl -d -m g:5678:rx odd/empty
  cp /bin/true odd/capable; setcap cap_net_raw+ep odd/capable
  truncate -s 50M odd/sparse; printf middle | dd of=odd/sparse bs=1 seek=20000000 conv=notrunc status=none
  chown 4000000:65534 odd/-dash; touch -d '2001-02-03 04:05:06.789' odd/text`;

const FIRST_CHANGES = `rm -r odd/gone odd/turns; echo file > odd/turns; echo more >> odd/text; chmod 600 odd/ü
  mkdir odd/new; echo new > odd/new/file; touch -d '2002-02-03' odd/-dash`;

const SECOND_CHANGES = `rm odd/turns odd/setuid; mkdir odd/turns; echo again > odd/turns/inner; ln odd/new/file odd/new/second
  setfattr -n user.note -v other odd/text; rm "odd/$(printf 'no\\377utf8')"`;

/** In the machine's own files, as a running machine would do it. */
async function change(name: string, script: string): Promise<void> {
  const { handle } = loadMachine(paths(), name);
  const { driver, layers } = handle.spec.storage;
  if (driver !== 'overlay') {
    execFileSync('sh', ['-ec', script], { cwd: join(handle.directory, 'storage/root') });
    return;
  }
  const merged = join(disk.folder, 'merged');
  mkdirSync(merged, { recursive: true });
  const options = `lowerdir=${layers.join(':')},upperdir=upper,workdir=work`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged], {
    cwd: join(handle.directory, 'storage'),
  });
  try {
    execFileSync('sh', ['-ec', script], { cwd: merged });
  } finally {
    execFileSync('umount', [merged]);
  }
}

const paths = () => pathsOf(root, join(root, 'run'));
const storage = () =>
  createNativeStorage({
    root,
    helperPath: HELPER,
    machines: { isRunning: () => false, whileStill: async () => undefined },
  });

function stateOf(name: string, snapshot?: string): FileState {
  if (snapshot === undefined) return storage().stateOf(loadMachine(paths(), name).handle);
  return stateOfSnapshot(paths(), name, snapshot, readSnapshotIn(paths().snapshot(name, snapshot), snapshot));
}

async function differences(from: FileState, to: FileState): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { path, kind } of storage().changes(from, to)) all.push(`${kind} ${path}`);
  return all;
}

async function oddMachine(name: string, driver: StorageDriverName): Promise<void> {
  await done('create', name, '-t', 'busybox', '--storage', driver);
  await change(name, ODD_FILES);
  await done('snapshot', name, 'one', '--comment', 'the first');
  await change(name, FIRST_CHANGES);
  await done('snapshot', name, 'two');
  await done('restore', name, 'one');
  await change(name, 'echo side > odd/side');
  await done('snapshot', name, 'three');
  await done('restore', name, 'two');
  await change(name, SECOND_CHANGES);
}

/** The bytes of a state alone: what it is called, and when it was made, is not in them. */
async function packed(files: FileState): Promise<Buffer> {
  const workDirectory = mkdtempSync(file('work-'));
  const path = join(workDirectory, 'packed');
  const output = openSync(path, 'wx');
  try {
    const states = [{ files, base: undefined }];
    const manifest = () => Buffer.from('{}');
    await storage().pack({ states, manifest, compression: 'none', workDirectory, output }, unhurried);
    return readFileSync(path);
  } finally {
    closeSync(output);
    rmSync(workDirectory, { recursive: true });
  }
}

/** What a new identity writes. */
const IDENTITY = ['modified /etc/hostname', 'modified /etc/hosts', 'modified /etc/machine-id'];

describe.each([
  ['overlay', 'dir'],
  ['dir', 'btrfs'],
  ['btrfs', 'overlay'],
] as const)('a machine exported from %s', (from, to) => {
  const name = `from-${from}`;
  const archive = () => file(`${name}.tar.zst`);
  beforeAll(async () => {
    await oddMachine(name, from);
    await done('export', name, archive(), '--snapshots');
  });

  it(`is imported to ${to} with all its snapshots and no difference, and boots`, async () => {
    const copy = `to-${to}`;
    await done('import', archive(), copy, '--storage', to);
    for (const snapshot of ['one', 'two', 'three']) {
      expect(await differences(stateOf(name, snapshot), stateOf(copy, snapshot)), snapshot).toEqual([]);
    }
    expect(await differences(stateOf(name), stateOf(copy))).toEqual(IDENTITY);
    // Also times, links and holes, which no comparison of states tells.
    for (const snapshot of ['one', 'two', 'three']) {
      const [before, after] = [await packed(stateOf(name, snapshot)), await packed(stateOf(copy, snapshot))];
      expect(before.equals(after), snapshot).toBe(true);
    }
    const rows = async (machine: string) => JSON.parse(await done('snapshots', machine, '--json')).snapshots;
    const told = (row: Record<string, unknown>) => [
      row['name'],
      row['parent'],
      row['comment'],
      row['createdAt'],
    ];
    expect((await rows(copy)).map(told)).toEqual((await rows(name)).map(told));
    expect((await rows(copy)).map((row: { problem: unknown }) => row.problem)).toEqual(
      (await rows(copy)).map(() => null),
    );
    await done('start', copy);
    expect(
      await done(
        'exec',
        copy,
        '--',
        'sh',
        '-c',
        'hostname; cat /odd/turns/inner; ls /odd/gone 2>&1; stat -c %u /odd/text',
      ),
    ).toBe(`${copy}\nagain\nls: /odd/gone: No such file or directory\n0\n`);
    await done('kill', copy);
    await done('restore', copy, 'one');
    expect(await differences(stateOf(name, 'one'), stateOf(copy))).toEqual(IDENTITY);
  });

  it('gives the same bytes each time, whatever the compression', async () => {
    // What compressors are given is the same on each driver.
    for (const ending of from === 'overlay' ? ['tar', 'tar.gz', 'tar.xz', 'tar.zst'] : ['tar']) {
      await done('export', `${name}@two`, file(`a.${ending}`), '--snapshots');
      await done('export', `${name}@two`, file(`b.${ending}`), '--snapshots');
      expect(readFileSync(file(`a.${ending}`)).equals(readFileSync(file(`b.${ending}`))), ending).toBe(true);
      execFileSync('rm', [file(`a.${ending}`), file(`b.${ending}`)]);
    }
  });
});
