/** The files of a stopped machine whose owners were shifted on disk, as systemd-nspawn does it for PrivateUsers=. */
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transfer } from '../../../src/backends/native/files/transfer.ts';
import type { Direction } from '../../../src/backends/native/files/transfer-records.ts';
import { runFolder } from '../../setup/test-run.ts';
import { HELPER, unhurried } from '../native-machine.ts';

const shift = { base: 1_310_720, count: 65_536 };
let folder: string;
let tree: string;
beforeAll(() => {
  folder = mkdtempSync(join(runFolder(), 'shifted-'));
  tree = join(folder, 'tree');
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/theirs'), 'theirs\n', { mode: 0o600 });
  writeFileSync(join(tree, 'etc/foreign'), 'foreign\n', { mode: 0o600 });
  symlinkSync(folder, join(tree, 'out'));
  for (const path of ['', 'etc']) chownSync(join(tree, path), shift.base, shift.base);
  chownSync(join(tree, 'etc/theirs'), shift.base + 33, shift.base + 34);
  writeFileSync(join(folder, 'mine'), 'mine\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

type Owner = 'keep' | { readonly uid: number; readonly gid: number };
const carry = (direction: Direction, source: string, target: string, owner: Owner = { uid: 0, gid: 0 }) =>
  transfer(
    HELPER,
    direction,
    { name: 'shifted', place: { tree, shift }, ids: shift.count },
    { sources: [source], target, owner, into: false, parents: false, setId: false },
    unhurried,
  );
const ownersOf = (path: string) => [statSync(path).uid, statSync(path).gid];

describe('a tree with shifted owners', () => {
  it('gives what comes in the owners on disk that the machine then sees', async () => {
    await carry('push', join(folder, 'mine'), '/etc/root');
    expect(ownersOf(join(tree, 'etc/root'))).toEqual([shift.base, shift.base]);
    await carry('push', join(folder, 'mine'), '/etc/user', { uid: 1000, gid: 1001 });
    expect(ownersOf(join(tree, 'etc/user'))).toEqual([shift.base + 1000, shift.base + 1001]);
  });

  it('gives back the owners that the machine sees', async () => {
    await carry('pull', '/etc/theirs', join(folder, 'theirs'), 'keep');
    expect(ownersOf(join(folder, 'theirs'))).toEqual([33, 34]);
    expect(readFileSync(join(folder, 'theirs'), 'utf8')).toBe('theirs\n');
  });

  it('has no more rights than the machine’s root', async () => {
    await expect(carry('pull', '/etc/foreign', join(folder, 'foreign'))).rejects.toMatchObject({
      errno: 'EACCES',
    });
    await expect(
      carry('push', join(folder, 'mine'), '/etc/many', { uid: 70_000, gid: 0 }),
    ).rejects.toMatchObject({ errno: 'EOVERFLOW' });
  });

  it('has no way out', async () => {
    await expect(carry('pull', '/out/mine', join(folder, 'back'))).rejects.toMatchObject({ errno: 'ENOENT' });
  });
});
