import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Addon, addonBeside } from '../../../src/backends/native/addon.ts';
import { type Looks, looksByNode } from '../../../src/backends/native/cgroups/sampling/looks.ts';
import { lockNow } from '../../../src/backends/native/launching/lock-files.ts';
import { makeDirectoryLike } from '../../../src/backends/native/storage/trees/changing.ts';
import { findAtOnce } from '../../../src/backends/native/storage/trees/looking.ts';
import { builtHelper } from '../../setup/run-cli.ts';

let root: string;
/** The same helper, where no addon is beside it. */
let alone: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'addon-'));
  alone = join(root, 'helper');
  symlinkSync(builtHelper, alone);
});
afterEach(() => rmSync(root, { recursive: true }));

function addon(): Addon {
  return addonBeside(builtHelper) as Addon;
}

/** By the addon, and by the helper. */
async function bothWays<T>(deed: (helperPath: string) => T): Promise<readonly [T, T]> {
  return [await deed(builtHelper), await deed(alone)];
}

async function refusal(deed: () => unknown): Promise<unknown> {
  try {
    await deed();
    return 'done';
  } catch (error) {
    return error;
  }
}

describe('the addon', () => {
  it('is there for the built helper, and for no other one', () => {
    expect(addonBeside(builtHelper)).toBeDefined();
    expect(addonBeside(alone)).toBeUndefined();
  });

  it('has the text of a file without a copy, and none of what is no file with something in it', () => {
    const path = join(root, 'text');
    const text = `\u00e9 and more\n`.repeat(1000);
    writeFileSync(path, text, 'latin1');
    expect(addon().text(path)).toBe(text);
    writeFileSync(join(root, 'empty'), '');
    for (const other of ['empty', 'none', '.']) expect(addon().text(join(root, other))).toBeUndefined();
  });

  it('locks all or none, as the helper does', () => {
    const opened = ['a', 'b', 'b', 'a'].map((name) => openSync(join(root, name), 'a'));
    const [a = -1, b = -1, secondOfB = -1, secondOfA = -1] = opened;
    try {
      expect(lockNow(builtHelper, [b])).toBe('locked');
      expect(lockNow(builtHelper, [a, secondOfB])).toEqual({ busy: secondOfB });
      expect(lockNow(alone, [secondOfB])).toEqual({ busy: secondOfB });
      expect(lockNow(alone, [secondOfA])).toBe('locked');
      expect(lockNow(builtHelper, [a])).toEqual({ busy: a });
    } finally {
      opened.forEach(closeSync);
    }
  });

  it('says which call failed when a lock cannot be asked for', async () => {
    expect(await refusal(() => lockNow(builtHelper, [999]))).toMatchObject({
      code: 'failed',
      syscall: 'flock',
      errno: 'EBADF',
    });
  });

  it('makes a directory as another one is: mode, time and attributes', () => {
    const model = join(root, 'model');
    mkdirSync(model);
    execFileSync('setfattr', ['-n', 'user.colour', '-v', 'green', model]);
    chmodSync(model, 0o2751);
    utimesSync(model, 1000, 1000);
    const made = join(root, 'made');
    makeDirectoryLike(builtHelper, model, made);
    const { mode, mtimeMs } = statSync(made);
    expect([mode & 0o7777, mtimeMs]).toEqual([0o2751, 1_000_000]);
    expect(execFileSync('getfattr', ['-n', 'user.colour', '--only-values', made]).toString()).toBe('green');
  });

  it('finds what the helper finds', async () => {
    for (const layer of ['upper', 'lower']) mkdirSync(join(root, layer, 'etc'), { recursive: true });
    writeFileSync(join(root, 'lower', 'etc', 'hosts'), 'text');
    symlinkSync('/elsewhere', join(root, 'upper', 'etc', 'link'));
    const stack = [join(root, 'upper'), join(root, 'lower')];
    const paths = ['', 'etc', 'etc/hosts', 'etc/link', 'etc/none', 'etc/hosts/below', '\xff'];
    const [ours, helpers] = await bothWays((helper) => findAtOnce(helper, stack, paths));
    expect(await ours).toEqual(await helpers);
    expect((await ours).map((entry) => entry?.layer)).toEqual([0, 0, 1, 0, undefined, undefined, undefined]);
  });

  it('reads a file of many directories as Node does; what is not there is told by its errno', () => {
    const odd = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]);
    for (const directory of [odd, join(root, 'even'), join(root, 'full/file')])
      mkdirSync(directory, { recursive: true });
    writeFileSync(Buffer.concat([odd, Buffer.from('/file')]), 'bytes in its name');
    writeFileSync(join(root, 'even', 'file'), 'text');
    const names = '\xff\0even\0none\0full\0';
    const lookWith = ({ read }: Looks) => {
      const room = Buffer.alloc(4096 * 4);
      const lengths = new Int32Array(4);
      read(root, names, 'file', room, lengths);
      return [...lengths].map((length, index) =>
        length < 0 ? length : room.toString('latin1', index * 4096, index * 4096 + length),
      );
    };
    const { ENOENT, EISDIR } = constants.errno;
    const free = openSync('/dev/null', 'r');
    closeSync(free);
    expect(lookWith(addon())).toEqual(['bytes in its name', 'text', -ENOENT, -EISDIR]);
    expect(lookWith(looksByNode)).toEqual(lookWith(addon()));
    const next = openSync('/dev/null', 'r');
    closeSync(next);
    expect(next).toBe(free);
  });

  it('reads no more than a share of each, and takes no list that is none', () => {
    const { read } = addon();
    const room = Buffer.alloc(10, '.');
    const lengths = new Int32Array(1);
    read('/proc', '\0', 'version', room.subarray(0, 5), lengths);
    expect([lengths[0], room.toString()]).toEqual([5, 'Linux.....']);
    for (const names of ['', 'self', '/proc\0', 'self\0self\0']) {
      expect(() => read('/proc', names, 'version', room, lengths)).toThrow(TypeError);
    }
    const noNumbers = new Uint8Array(1) as unknown as Int32Array;
    expect(() => read('/proc', '\0', 'version', room, noNumbers)).toThrow(TypeError);
  });

  it('counts links and lists directories as Node does', () => {
    for (const name of ['a/b', 'a/c', 'd']) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, 'file'), '');
    const lookWith = ({ links, directories }: Looks) => {
      const counts = new Int32Array(4);
      links(root, '\0a\0d\0none\0', counts);
      return [
        [...counts],
        ...['', '/a', '/none'].map((below) =>
          directories(root + below)
            .split('\0')
            .sort(),
        ),
      ];
    };
    expect(lookWith(addon())).toEqual(lookWith(looksByNode));
    expect(lookWith(addon()).slice(1)).toEqual([['', 'a', 'd'], ['', 'b', 'c'], ['']]);
  });

  it('changes flags of V8', () => {
    // A cache that was made under other flags is refused. V8 tells scripts apart by their length.
    const cachedData = new Script('let one = 1;').createCachedData();
    const isRefused = (source: string) => new Script(source, { cachedData }).cachedDataRejected;
    expect(isRefused('let two = 2;')).toBe(false);
    expect(addon().tune('--no-opt')).toBe(true);
    expect(isRefused('let six = 6;')).toBe(true);
    addon().tune('--opt');
    expect(isRefused('let ten = 0;')).toBe(false);
  });

  it('fails with the error of the helper', async () => {
    const missing = join(root, 'missing');
    const likes = await bothWays((helper) =>
      refusal(() => makeDirectoryLike(helper, missing, join(root, 'made'))),
    );
    const finds = await bothWays((helper) => refusal(() => findAtOnce(helper, [missing], ['etc'])));
    const strays = await bothWays((helper) => refusal(() => findAtOnce(helper, [root], ['../etc'])));
    for (const [ours, helpers] of [likes, finds, strays]) {
      expect(await ours).toMatchObject({ ...((await helpers) as object) });
      expect(String(await ours)).toBe(String(await helpers));
    }
    expect(existsSync(join(root, 'made'))).toBe(false);
  });

  it('leaves the working directory, and open files, as they are', async () => {
    mkdirSync(join(root, 'layer', 'etc'), { recursive: true });
    const before = [process.cwd(), openSync('/dev/null', 'r')] as const;
    await findAtOnce(builtHelper, [join(root, 'layer')], ['etc', 'etc/none']);
    makeDirectoryLike(builtHelper, join(root, 'layer'), join(root, 'made'));
    const after = [process.cwd(), openSync('/dev/null', 'r')] as const;
    closeSync(before[1]);
    closeSync(after[1]);
    expect(after).toEqual([before[0], before[1] + 1]);
  });
});
