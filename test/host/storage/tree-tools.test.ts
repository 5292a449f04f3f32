import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeRecords } from '../../../src/backends/native/records.ts';
import {
  makeWhiteout,
  mergeLayers,
  removeTrees,
} from '../../../src/backends/native/storage/trees/changing.ts';
import { treeFailure } from '../../../src/backends/native/storage/trees/helper-work.ts';
import { bytesInView, NOT_RUN, spawnView } from '../../../src/backends/native/storage/trees/in-view.ts';
import { compareFiles, scanTree, scanView } from '../../../src/backends/native/storage/trees/looking.ts';
import { bytesOfEachTree, bytesOfTrees } from '../../../src/backends/native/storage/trees/sizes.ts';
import { pathText, type TreeEntry } from '../../../src/backends/native/storage/trees/tree-entries.ts';
import { withRoot } from '../../setup/with-root.ts';
import { HELPER } from '../native-machine.ts';

const { root } = withRoot();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'tree-'));
});

function sh(script: string): string {
  return execFileSync('sh', ['-ec', script], { cwd: folder, encoding: 'utf8' });
}

async function all(entries: AsyncIterable<TreeEntry>): Promise<readonly TreeEntry[]> {
  const list: TreeEntry[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

/** What a person would compare: not on which inodes it lies. */
async function look(layers: readonly string[]): Promise<readonly string[]> {
  mkdirSync(join(folder, 'at'), { recursive: true });
  const view = { layers: layers.map((name) => join(folder, name)), at: join(folder, 'at') };
  return (await all(scanView(HELPER, view))).map(
    ({ path, type, mode, uid, size, modifiedNs, target, xattrs }) =>
      [path, type, mode.toString(8), uid, type === 'directory' ? '' : size, modifiedNs, target, xattrs].join(
        ' ',
      ),
  );
}

/** Runs a script in a real overlay, as a machine would: what it changes goes to `upper`. */
function change(upper: string, lower: string, script: string): void {
  sh(`mkdir -p ${upper} work merged
    mount -t overlay overlay -o lowerdir=${lower},upperdir=${upper},workdir=work merged
    (cd merged; ${script}) || failed=1
    umount merged; rm -rf work; test -z "$failed"`);
}

describe('scan', () => {
  it('says what lstat says, of each file', async () => {
    sh(`mkdir -p t/d; echo text > t/d/file; chmod 4711 t/d/file; chown 5:6 t/d/file; ln t/d/file t/link; ln -s /etc t/symlink
      mkfifo t/pipe; mknod t/null c 1 3`);
    const entries = await all(scanTree(HELPER, join(folder, 't')));
    expect(entries.map(({ path, type }) => `${path} ${type}`)).toEqual([
      ' directory',
      'd directory',
      'd/file file',
      'link file',
      'null character',
      'pipe fifo',
      'symlink symlink',
    ]);
    for (const entry of entries) {
      const { mode, uid, gid, size, nlink, blocks, mtimeNs } = lstatSync(join(folder, 't', entry.path), {
        bigint: true,
      });
      expect(entry).toMatchObject({
        mode: Number(mode & 0o7777n),
        uid: Number(uid),
        gid: Number(gid),
        size: Number(size),
        links: Number(nlink),
        bytes: Number(blocks) * 512,
        modifiedNs: String(mtimeNs),
      });
    }
    expect(entries[2]?.inode).toBe(entries[3]?.inode);
    expect(entries[4]?.device).toBe('1:3');
    expect(entries[6]?.target).toBe('/etc');
  });

  it('keeps names that are no UTF-8, and the order of bytes', async () => {
    for (const name of ['é', '\u{1F600}', '\u{FB01}', 'z']) writeFileSync(join(folder, name), '');
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), '');
    const paths = (await all(scanTree(HELPER, folder))).map(({ path }) => path);
    expect(paths).toEqual([...paths].sort());
    expect(paths.map(pathText)).toEqual(['', 'z', 'é', '\u{FB01}', '\u{1F600}', '\u{FFFD}\u{FFFD}']);
    expect(paths.at(-1)).toBe('\u00ff\u00fe');
  });

  it('tells a layer what hides and what is hidden', async () => {
    sh('mkdir -p low/gone low/new; touch low/file low/gone/x low/new/y');
    change('up', 'low', 'rm file; rm -r gone new; mkdir new');
    const entries = await all(scanTree(HELPER, join(folder, 'up')));
    expect(entries.filter(({ whiteout }) => whiteout).map(({ path }) => path)).toEqual(['file', 'gone']);
    expect(entries.filter(({ opaque }) => opaque).map(({ path }) => path)).toEqual(['new']);
    expect(await look(['up', 'low'])).toHaveLength(2);
  });

  it('can be left early', async () => {
    for await (const entry of scanTree(HELPER, '/usr')) {
      expect(entry.path).toBe('');
      break;
    }
  });

  it('says what is not there, and follows no symbolic link to a tree', async () => {
    symlinkSync('/etc', join(folder, 'link'));
    await expect(all(scanTree(HELPER, join(folder, 'nothing')))).rejects.toMatchObject({
      errno: 'ENOENT',
      syscall: 'openat',
      path: join(folder, 'nothing'),
    });
    await expect(bytesOfTrees(HELPER, [join(folder, 'link')])).rejects.toMatchObject({ errno: 'ENOTDIR' });
    await expect(all(scanTree('/nowhere', folder))).rejects.toMatchObject({ code: 'helper-missing' });
  });

  it('counts the bytes on disk as du does', async () => {
    sh(
      'mkdir -p a/b c; head -c 100000 /dev/zero > a/b/f; ln a/b/f c/f; ln a/b/f a/g; truncate -s 1G a/sparse',
    );
    const du = Number(sh('du -sc --block-size=1 a c | tail -1').split('\t')[0]);
    expect(await bytesOfTrees(HELPER, [join(folder, 'a'), join(folder, 'c')])).toBe(du);
    const duOf = (name: string) => Number(sh(`du -s --block-size=1 ${name}`).split('\t')[0]);
    const each = await bytesOfEachTree(
      HELPER,
      ['a', 'nothing', 'c'].map((name) => join(folder, name)),
    );
    expect(each).toEqual([duOf('a'), undefined, duOf('c')]);
    expect(await bytesOfEachTree(HELPER, [])).toEqual([]);
  });

  it('counts what a copy of paths of a view writes, and goes by no symbolic link', async () => {
    sh(
      'mkdir -p a/b c/d at; head -c 100001 /dev/zero > a/b/f; ln a/b/f a/g; truncate -s 1G a/sparse; sync -f a; echo text > c/d/t; ln -s / c/away',
    );
    const layers = ['c', 'a'].map((name) => join(folder, name));
    const written = (...paths: readonly string[]) =>
      bytesInView(HELPER, { layers, at: join(folder, 'at') }, paths, new AbortController().signal);
    expect(await written('')).toBe(100_006);
    expect(await written('b', 'd', 'g')).toBe(100_006);
    expect(await written('away', 'away/etc', 'nothing', 'd/t/none')).toBe(0);
    await expect(written('../..')).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('compare', () => {
  const same = async (...paths: readonly string[]) => {
    const [layer, other] = ['one', 'other'].map((name) => join(folder, name)) as [string, string];
    return await compareFiles(
      HELPER,
      paths.map((path) => ({ path, layer, other })),
    );
  };

  it('looks at every byte, also of long files', async () => {
    sh(`mkdir one other; for f in same last longer; do head -c 600000 /dev/zero | tr '\\0' x | tee one/$f > other/$f; done
      printf y | dd of=one/last bs=1 seek=599999 conv=notrunc status=none; printf x >> one/longer; touch one/empty other/empty`);
    expect(await same('same', 'last', 'longer', 'empty')).toEqual([true, false, false, true]);
  });

  // Read as zeros they would take an hour.
  it('passes over holes, and finds what lies between them', async () => {
    sh(`mkdir one other; truncate -s 1T one/hole other/hole one/data other/data one/zeros other/zeros
      for d in one other; do head -c 4096 /dev/urandom | dd of=$d/data bs=4096 seek=200000000 conv=notrunc status=none; done
      dd if=/dev/zero of=one/zeros bs=4096 count=1 seek=100000000 conv=notrunc status=none`);
    expect(await same('hole', 'data', 'zeros')).toEqual([true, false, true]);
  });

  it('takes nothing for the same that is no regular file in its own layer', async () => {
    sh(`mkdir -p one other outside/d; echo text | tee outside/file outside/d/file one/real other/real > one/gone
      for d in one other; do ln -s ../outside/file $d/link; ln -s ../outside $d/way; mkfifo $d/pipe; mkdir $d/d; done`);
    expect(await same('real', 'gone', 'link', 'way/file', 'pipe', 'd', 'none')).toEqual([
      true,
      ...Array<boolean>(6).fill(false),
    ]);
  });

  it('tells each pair in its place, of whatever layers', async () => {
    sh('mkdir one other third; echo a | tee one/f > other/f; echo b > third/f');
    const [one, other, third] = ['one', 'other', 'third'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const pairs = [
      { path: 'f', layer: one, other },
      { path: 'f', layer: one, other: third },
      { path: 'f', layer: other, other: one },
    ];
    expect(await compareFiles(HELPER, pairs)).toEqual([true, false, true]);
    expect(await compareFiles(HELPER, [])).toEqual([]);
  });
});

describe('merge', () => {
  const first = `echo one > kept; echo two > replaced; echo 3 > removed; mkdir -p dir/sub gone; touch dir/x dir/sub/y gone/z
    mkdir fresh; touch fresh/a; rm -r base-gone; rm base-file; mkdir base-file`;
  const second = `echo new > replaced; rm removed; rm -r gone; echo dir-now-file > gone; rm fresh/a; touch fresh/b
    chmod 700 dir; rm -r dir/sub; mkdir dir/sub; touch dir/sub/z
    mkdir base-gone; touch base-gone/other; mv base-dir/f base-dir/g; ln kept hard; rm -r base-file; ln -s kept base-file`;

  function makeLayers(): void {
    sh('mkdir -p base/base-gone base/base-dir; touch base/base-gone/x base/base-file base/base-dir/f');
    change('low', 'base', first);
    change('up', 'low:base', second);
  }

  it('leaves one layer that shows what both showed', async () => {
    makeLayers();
    const before = await look(['up', 'low', 'base']);
    await mergeLayers(HELPER, join(folder, 'up'), join(folder, 'low'));
    expect(readdirSync(join(folder, 'up'))).toEqual([]);
    expect(await look(['up', 'low', 'base'])).toEqual(before);
    expect(await look(['low', 'base'])).toEqual(before);
  });

  it('keeps no whiteout that hides nothing, if it is told what lies deeper', async () => {
    const whiteouts = async () =>
      (await all(scanTree(HELPER, join(folder, 'low'))))
        .filter(({ whiteout }) => whiteout)
        .map(({ path }) => path);
    const begin = () => {
      sh('rm -rf up low base; mkdir base; touch base/deep');
      change('low', 'base', 'touch passing');
      change('up', 'low:base', 'rm passing deep');
    };
    for (const [deeper, left] of [
      [undefined, ['deep', 'passing']],
      [['base'], ['deep']],
      [[], []],
    ] as const) {
      begin();
      const layers = deeper?.map((name) => join(folder, name));
      await mergeLayers(HELPER, join(folder, 'up'), join(folder, 'low'), { deeper: layers });
      expect(await whiteouts()).toEqual(left);
    }
    begin();
    const nowhere = mergeLayers(HELPER, join(folder, 'up'), join(folder, 'low'), {
      deeper: [join(folder, 'base'), join(folder, 'nothing')],
    });
    await expect(nowhere).rejects.toMatchObject({ errno: 'ENOENT', path: join(folder, 'nothing') });
  });

  it('is finished by a second call when the first was aborted', async () => {
    makeLayers();
    sh('mkdir up/many; cd up/many; touch $(seq 5000)');
    const before = await look(['up', 'low', 'base']);
    const controller = new AbortController();
    const merging = mergeLayers(HELPER, join(folder, 'up'), join(folder, 'low'), {
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(merging).rejects.toThrow('enough');
    let told: readonly (number | undefined)[] = [];
    await mergeLayers(HELPER, join(folder, 'up'), join(folder, 'low'), {
      told: (...amounts) => {
        told = amounts;
      },
    });
    expect(told[0]).toBeGreaterThan(0);
    expect(told[0]).toBe(told[1]);
    expect(await look(['low', 'base'])).toEqual(before);
  });

  it('says which layer is not there, or lies elsewhere', async () => {
    sh('mkdir up');
    const up = join(folder, 'up');
    await expect(mergeLayers(HELPER, up, join(folder, 'low'))).rejects.toMatchObject({
      errno: 'ENOENT',
      path: join(folder, 'low'),
    });
    await expect(mergeLayers(HELPER, up, '/proc')).rejects.toMatchObject({ errno: 'EXDEV', path: up });
  });
});

describe('whiteout', () => {
  it('hides a file, as often as it is asked to', async () => {
    sh('mkdir -p up/d low/d; touch low/d/f low/d/g');
    await makeWhiteout(HELPER, join(folder, 'up'), 'd/f');
    await makeWhiteout(HELPER, join(folder, 'up'), 'd/f');
    expect((await look(['up', 'low'])).map((line) => line.split(' ')[0])).toEqual(['', 'd', 'd/g']);
  });

  it('replaces nothing, and leaves the tree by no way', async () => {
    sh('mkdir up outside; touch up/file; ln -s ../outside up/link');
    const up = join(folder, 'up');
    await expect(makeWhiteout(HELPER, up, 'file')).rejects.toMatchObject({ errno: 'EEXIST' });
    await expect(makeWhiteout(HELPER, up, 'link/x')).rejects.toMatchObject({ errno: 'ELOOP' });
    await expect(makeWhiteout(HELPER, up, '../outside/x')).rejects.toMatchObject({ errno: 'EXDEV' });
    await expect(makeWhiteout(HELPER, up, join(folder, 'outside/x'))).rejects.toMatchObject({
      errno: 'EINVAL',
    });
    expect(readdirSync(join(folder, 'outside'))).toEqual([]);
  });
});

describe('remove', () => {
  it('deletes a tree deeper than any path, and follows no symbolic link', async () => {
    sh('mkdir -p outside deep; touch outside/kept; ln -s ../outside deep/link');
    for (let more = 0; more < 10; more += 1) {
      const longest = join(folder, 'longer', ...Array<string>(1000).fill('d'));
      mkdirSync(longest, { recursive: true });
      renameSync(join(folder, 'deep'), join(longest, 'deep'));
      renameSync(join(folder, 'longer'), join(folder, 'deep'));
    }
    await removeTrees(HELPER, [join(folder, 'deep'), join(folder, 'nothing')]);
    expect(readdirSync(folder)).toEqual(['outside']);
    expect(existsSync(join(folder, 'outside/kept'))).toBe(true);
  });
});

describe('view', () => {
  async function run(layers: readonly string[], script: string) {
    mkdirSync(join(folder, 'at'), { recursive: true });
    const { child } = spawnView(
      HELPER,
      { layers, at: join(folder, 'at') },
      ['sh', '-c', script],
      ['ignore', 'pipe', 'pipe'],
    );
    const output = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk) => {
      output.stdout += String(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      output.stderr += String(chunk);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { ...output, code };
  }

  it('is the merged tree, for one command only, which can write nowhere in it', async () => {
    sh('mkdir up low; echo up > up/both; echo low > low/both; echo low > low/file');
    const layers = [join(folder, 'up'), join(folder, 'low')];
    const { stdout, code } = await run(
      layers,
      'cat both file; touch new; touch ../0/new; tar -c . | tar -t | sort; exit 7',
    );
    expect(stdout).toBe('up\nlow\n./\n./both\n./file\n');
    expect(code).toBe(7);
    expect(readdirSync(join(folder, 'up'))).toEqual(['both']);
    expect(readdirSync(join(folder, 'at'))).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });

  it('is one tree alone, too', async () => {
    sh('mkdir tree; echo text > tree/file');
    expect(await run([join(folder, 'tree')], 'cat file; touch new')).toMatchObject({
      stdout: 'text\n',
      code: 1,
    });
    expect(readdirSync(join(folder, 'tree'))).toEqual(['file']);
  });

  it('says what hinders it', async () => {
    const tree = join(folder, 'at');
    const many = await run(Array<string>(501).fill(tree), 'true');
    expect(many.code).toBe(NOT_RUN);
    expect(treeFailure('view', tree, '', Buffer.from(many.stderr))).toMatchObject({
      errno: 'EINVAL',
      syscall: 'records',
    });
    const missing = await run([join(folder, 'nothing'), tree], 'true');
    expect(treeFailure('view', tree, '', Buffer.from(missing.stderr))).toMatchObject({
      errno: 'ENOENT',
      path: join(folder, 'nothing'),
    });
  });
});

/** Runs a view whose command says that it runs, and would do so for ever. */
const CALLER = `
const [helper, records] = process.argv.slice(1);
const stdio = ['ignore', 'inherit', 'ignore', 'pipe'];
require('child_process').spawn(helper, ['view'], { stdio }).stdio[3].end(Buffer.from(records, 'base64'));
`;

describe('what works on files for a caller', () => {
  it('dies with it', async () => {
    sh('mkdir layer at');
    const records = encodeRecords([
      { name: 'overlay', arguments: [join(folder, 'layer')] },
      { name: 'at', arguments: [join(folder, 'at')] },
      { name: 'exec', arguments: ['sh', '-c', 'echo here; exec sleep 1000'] },
    ]);
    const caller = spawn(process.execPath, ['-e', CALLER, HELPER, records.toString('base64')]);
    await once(caller.stdout, 'data');
    const ended = once(caller, 'close');
    caller.kill('SIGKILL');
    // Its output ends when nobody holds it any more.
    await ended;
  });
});
