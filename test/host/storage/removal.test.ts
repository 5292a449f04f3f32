/** Removal for good: all that a machine can make, and nothing that a person put there. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeTree, removeTreeTelling } from '../../../src/backends/native/storage/remove-tree.ts';
import { removeTrees } from '../../../src/backends/native/storage/trees/changing.ts';
import { bytesOfTrees } from '../../../src/backends/native/storage/trees/sizes.ts';
import { HELPER } from '../native-machine.ts';
import { type Disk, makeDisk } from './disk.ts';

describe.each(['ext4', 'btrfs'] as const)('removal on %s', (kind) => {
  let disk: Disk;
  beforeAll(() => {
    disk = makeDisk(kind, 256);
  });
  afterAll(() => disk.remove());

  it.each([
    ['removeTree', removeTree],
    ['removeTrees', (path: string) => removeTrees(HELPER, [path])],
  ])(
    'touches nothing while something is mounted inside, from the same file system too: %s',
    async (_, remove) => {
      const [tree, own] = [`${disk.folder}/a tree`, `${disk.folder}/own`];
      mkdirSync(`${tree}/mount here`, { recursive: true });
      mkdirSync(own, { recursive: true });
      writeFileSync(`${own}/file`, 'of a person');
      execFileSync('mount', ['--bind', own, `${tree}/mount here`]);
      try {
        await expect(remove(tree)).rejects.toMatchObject({
          message: `cannot remove ${tree}: something is mounted on ${tree}/mount here`,
          errno: 'EBUSY',
        });
      } finally {
        execFileSync('umount', [`${tree}/mount here`]);
      }
      expect(readFileSync(`${own}/file`, 'utf8')).toBe('of a person');
      await remove(tree);
      expect(existsSync(tree)).toBe(false);
    },
  );

  it('tells what went, and what is broken off goes with the next call', async () => {
    const tree = `${disk.folder}/large`;
    mkdirSync(tree);
    const files = Array.from({ length: 40 }, (_, index) => `${tree}/${index}`);
    for (const file of files) writeFileSync(file, Buffer.alloc(65536, file));
    execFileSync('sync', ['-f', tree]);
    const total = await bytesOfTrees(HELPER, [tree]);
    const controller = new AbortController();
    const told: number[] = [];
    const progress = ({ done }: { readonly done: number }) => told.push(done);
    controller.abort();
    const broken = removeTreeTelling(HELPER, tree, { progress, signal: controller.signal });
    await expect(broken).rejects.toBe(controller.signal.reason);
    expect(existsSync(tree)).toBe(true);
    await removeTreeTelling(HELPER, tree, { progress, signal: new AbortController().signal });
    expect([existsSync(tree), told.at(-1)]).toEqual([false, total]);
  });

  it('tells after a while how much it is in all, with what goes later', async () => {
    const [first, later] = [`${disk.folder}/first`, `${disk.folder}/later`];
    for (const tree of [first, later]) {
      mkdirSync(tree);
      for (let file = 0; file < 20; file += 1) writeFileSync(`${tree}/${file}`, Buffer.alloc(65536, file));
    }
    execFileSync('ln', [`${first}/1`, `${first}/another-name`]);
    execFileSync('sync', ['-f', first]);
    const [whole, both] = [await bytesOfTrees(HELPER, [first]), await bytesOfTrees(HELPER, [first, later])];
    let last: readonly (number | undefined)[] = [];
    const told = (...amounts: readonly (number | undefined)[]) => {
      last = amounts;
    };
    await removeTrees(HELPER, [first], { told, totalAfterMs: 0, later: [later, `${later}/nothing`] });
    expect(last).toEqual([whole, both]);
    expect([existsSync(first), existsSync(later)]).toEqual([false, true]);
    await removeTrees(HELPER, [later], { told });
    expect(last).toEqual([both - whole, undefined]);
  });

  it('goes deeper than a path may be long', async () => {
    const tree = `${disk.folder}/deep`;
    mkdirSync(tree);
    execFileSync('sh', ['-c', DESCEND], { cwd: tree });
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });
});

describe('removal of subvolumes', () => {
  let disk: Disk;
  beforeAll(() => {
    disk = makeDisk('btrfs', 256);
  });
  afterAll(() => disk.remove());

  it('takes those in others along, however deep and read-only', async () => {
    const tree = `${disk.folder}/nested`;
    execFileSync('btrfs', ['-q', 'subvolume', 'create', tree]);
    execFileSync('sh', ['-c', `${DESCEND}; ${SUBVOLUMES}`], { cwd: tree });
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });
});

/** 30 times 200 bytes are more than 4,096. */
const NAME = 'n'.repeat(200);
const DESCEND = `for i in $(seq 30); do mkdir ${NAME} && cd -P ./${NAME} || exit 1; done; echo x > leaf`;
const SUBVOLUMES =
  'btrfs -q subvolume create outer && btrfs -q subvolume create outer/inner && btrfs -q subvolume snapshot -r outer kept';
