/** Own and shared disk use, where files share blocks and where they do not. */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharesOfTrees } from '../../../src/backends/native/storage/trees/sizes.ts';
import { withRoot } from '../../setup/with-root.ts';
import { HELPER } from '../native-machine.ts';
import { type Disk, makeDisk } from './disk.ts';

const MIB = 2 ** 20;
/** Names and small files lie among the metadata of btrfs, or take a block or two. */
const LITTLE = MIB / 2;

const { cli, done } = withRoot();

function random(path: string, bytes: number): void {
  writeFileSync(path, randomFillSync(Buffer.alloc(bytes)));
}

describe.each(['btrfs', 'dir', 'overlay'] as const)('a %s machine on btrfs', (storage) => {
  let disk: Disk;
  const on = (...args: readonly string[]) => ['--root', disk.folder, ...args];
  beforeAll(async () => {
    disk = makeDisk('btrfs', 512);
    await done(on('create', 'web', '-t', 'busybox', '--storage', storage));
    random(`${filesOf('web')}/large`, 40 * MIB);
  });
  afterAll(async () => {
    await cli(on('destroy', '--now', '--force', 'web', 'copy'));
    disk.remove();
  });

  const filesOf = (machine: string) =>
    `${disk.folder}/machines/${machine}/storage/${storage === 'overlay' ? 'upper' : 'root'}`;
  const usage = async (name: string): Promise<{ ownBytes: number; sharedBytes: number }> => {
    execFileSync('btrfs', ['filesystem', 'sync', disk.folder]);
    return JSON.parse(await done(on('info', name, '--json'))).machine.disk;
  };
  const expectNear = (bytes: number, expected: number) => {
    expect(bytes).toBeGreaterThanOrEqual(expected);
    expect(bytes).toBeLessThan(expected + LITTLE);
  };

  it('alone owns what it wrote, also when it keeps that in snapshots of its own', async () => {
    const { ownBytes, sharedBytes } = await usage('web');
    expectNear(ownBytes, 40 * MIB);
    await done(on('snapshot', 'web', 'one'));
    const kept = await usage('web');
    expectNear(kept.ownBytes, 40 * MIB);
    expect(kept.sharedBytes).toBe(sharedBytes);
  });

  it('owns next to nothing as a fresh clone, and then what it writes', async () => {
    await done(on('clone', 'web', 'copy'));
    const { ownBytes, sharedBytes } = await usage('copy');
    expect(ownBytes).toBeLessThan(LITTLE);
    expect(sharedBytes).toBeGreaterThanOrEqual(40 * MIB);
    random(`${filesOf('copy')}/more`, MIB);
    const more = await usage('copy');
    expectNear(more.ownBytes - ownBytes, MIB);
    expect(more.sharedBytes).toBe(sharedBytes);
    const source = await usage('web');
    expect(source.ownBytes).toBeLessThan(LITTLE);
    expect(source.sharedBytes).toBeGreaterThanOrEqual(40 * MIB);
  });
});

describe('trees that share blocks', () => {
  let disk: Disk;
  beforeAll(() => {
    disk = makeDisk('btrfs', 512);
  });
  afterAll(() => disk.remove());
  beforeEach(() => {
    for (const name of ['a', 'b', 'c']) {
      execFileSync('rm', ['-rf', `${disk.folder}/${name}`]);
      mkdirSync(`${disk.folder}/${name}`);
    }
  });

  const sh = (script: string) => execFileSync('sh', ['-ec', `${script}; sync -f .`], { cwd: disk.folder });
  const shares = async (...names: readonly string[]) => {
    const { ownBytes, sharedBytes } = await sharesOfTrees(
      HELPER,
      names.map((name) => `${disk.folder}/${name}`),
    );
    return [ownBytes / MIB, sharedBytes / MIB];
  };

  it('count each block once, as own when nothing else has it', async () => {
    random(`${disk.folder}/a/file`, 2 * MIB);
    sh('cp --reflink=always a/file a/same; ln a/file a/link; cp --reflink=always a/file b/file');
    expect(await shares('a')).toEqual([0, 2]);
    expect(await shares('a', 'b')).toEqual([2, 0]);
    sh('rm b/file');
    expect(await shares('a')).toEqual([2, 0]);
  });

  it('are told apart where a part of a file was written anew', async () => {
    random(`${disk.folder}/a/file`, 4 * MIB);
    sh('cp --reflink=always a/file b/file');
    sh('dd if=/dev/urandom of=b/file bs=1M count=1 seek=1 conv=notrunc status=none');
    expect(await shares('b')).toEqual([1, 3]);
    expect((await shares('a', 'b'))[1]).toBe(0);
    expect((await shares('a', 'b'))[0]).toBe(5);
  });

  it('are told apart where they are compressed', async () => {
    sh('btrfs property set a compression zstd; yes x | head -c 1048576 > a/file; sync -f .');
    sh('cp --reflink=always a/file b/file; cp --reflink=always a/file c/file');
    expect(await shares('a')).toEqual([0, 1]);
    expect(await shares('a', 'b')).toEqual([0, 1]);
    expect(await shares('a', 'b', 'c')).toEqual([1, 0]);
  });

  it('are told by hundreds of holders', async () => {
    random(`${disk.folder}/a/file`, MIB);
    sh('for i in $(seq 1000); do cp --reflink=always a/file b/$i; done');
    expect(await shares('a', 'b')).toEqual([1, 0]);
    sh('cp --reflink=always a/file c/file');
    expect(await shares('a', 'b')).toEqual([0, 1]);
  });
});

describe('trees where no file shares blocks', () => {
  it('own all that they have', async () => {
    const disk = makeDisk('ext4', 64);
    try {
      writeFileSync(`${disk.folder}/file`, 'x'.repeat(MIB));
      execFileSync('sync', ['-f', disk.folder]);
      const { ownBytes, sharedBytes } = await sharesOfTrees(HELPER, [disk.folder]);
      expect(ownBytes).toBeGreaterThanOrEqual(MIB);
      expect(sharedBytes).toBe(0);
    } finally {
      disk.remove();
    }
  });
});
