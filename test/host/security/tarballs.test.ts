/** Root file systems that somebody else packed: what is good becomes a machine, what was made to do harm leaves nothing. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { type CraftedEntry, entry, tar } from './crafted-archive.ts';

const host = withRoot();
const outside = join(host.root, 'outside');
const tree = join(host.root, 'rootfs');
/** Together they are too long for the first hundred bytes. */
const long = 'long'.repeat(20);
const archive = join(host.root, 'crafted.tar');

beforeAll(async () => {
  mkdirSync(outside);
  await host.done(['create', 'model', '-t', 'busybox']);
  const [layer = ''] = readdirSync(join(host.root, 'layers'));
  execFileSync('cp', ['-a', join(host.root, 'layers', layer, 'fs'), tree]);
});

const create = (name: string, ...words: readonly string[]) =>
  host.cli(['create', name, '-t', 'tarball', '--', ...words]);

function packed(...words: readonly string[]): string {
  execFileSync('tar', ['-cf', archive, ...words]);
  return archive;
}

function expectNothingLeft(): void {
  expect(readdirSync(join(host.root, 'machines')).filter((name) => name === 'crafted')).toEqual([]);
  expect(readdirSync(outside)).toEqual([]);
  expect(existsSync(join(host.root, 'intents')) ? readdirSync(join(host.root, 'intents')) : []).toEqual([]);
}

async function expectRefused(content: Buffer, words: RegExp, ...options: readonly string[]): Promise<void> {
  writeFileSync(archive, content);
  const { code, stderr } = await create('crafted', '--from', archive, ...options);
  expect(stderr).toMatch(words);
  expect(code).toBe(1);
  expectNothingLeft();
}

const root: readonly CraftedEntry[] = [
  { path: 'etc/', type: '5', mode: 0o755 },
  { path: 'sbin/', type: '5', mode: 0o755 },
  { path: 'sbin/init', content: 'BusyBox v1', mode: 0o755 },
];

describe('a good tarball', () => {
  it('boots, in one folder too, which is said; the second create unpacks nothing', async () => {
    packed('--format=gnu', '-C', host.root, 'rootfs');
    await host.done(['create', 'web', '-t', 'tarball', '--start', '--', '--from', archive]);
    expect(await host.done(['exec', 'web', '--', 'cat', '/etc/hostname'])).toBe('web\n');
    expect(await host.done(['config', 'web'])).toContain('signals.halt=SIGUSR2');
    await host.done(['stop', 'web']);
    await host.done(['create', 'again', '-t', 'tarball', '--', '--from', archive, '--init', '/bin/sh']);
    expect(await host.done(['config', 'again'])).toContain('init=/bin/sh');
    expect(readdirSync(join(host.root, 'images'))).toHaveLength(2);
  });

  it.each([
    ['ustar', ['--format=ustar']],
    ['pax with sparse files', ['--format=pax', '--sparse', '--sparse-version=1.0']],
    ['GNU with sparse files', ['--format=gnu', '--sparse']],
    ['v7', ['--format=v7', '--exclude=*long*']],
  ])('may have the form %s; links, modes, long names and holes are kept', async (name, words) => {
    execFileSync('sh', [
      '-c',
      `cd ${tree} && truncate -s 8M etc/hole && for at in 1 3 5 6 7; do printf x | dd of=etc/hole bs=1M seek=$at conv=notrunc 2>/dev/null; done
      ln -f etc/passwd etc/linked; cp bin/busybox etc/suid; chmod 4755 etc/suid; mkdir -p etc/${long}/${long}; touch etc/${long}/${long}/x`,
    ]);
    packed(...words, '-C', tree, '.');
    const machine = `form-${name.slice(0, 3).toLowerCase()}`;
    await host.done(['create', machine, '-t', 'tarball', '--storage', 'dir', '--', '--from', archive]);
    const made = join(host.root, 'machines', machine, 'storage', 'root');
    expect(execFileSync('stat', ['-c', '%h %a', 'etc/linked', 'etc/suid'], { cwd: made }).toString()).toBe(
      '2 644\n1 4755\n',
    );
    execFileSync('cmp', [join(tree, 'etc/hole'), join(made, 'etc/hole')]);
    expect(existsSync(join(made, 'etc', long, long, 'x'))).toBe(name !== 'v7');
  });

  it('is what its checksum says, or refused', async () => {
    packed('-C', tree, '.');
    const { code, stderr } = await create('crafted', '--from', archive, '--sha256', '00'.repeat(32));
    expect(code).toBe(1);
    expect(stderr).toContain('is not what was asked for');
    expectNothingLeft();
  });
});

describe('a tarball that was made to do harm', () => {
  it.each([
    ['/etc/passwd', /begins at the root/],
    ['../../outside/new', /leads out/],
    ['etc/../../outside/new', /leads out/],
  ])('with the name %s is refused', (path, words) =>
    expectRefused(tar(...root, { path, content: 'x' }), words),
  );

  it('with a hard link out of it is refused', () =>
    expectRefused(
      tar(...root, { path: 'etc/x', type: '1', link: '../../../etc/shadow' }),
      /hard link that leads out/,
    ));

  it('writes nothing through a symbolic link that it brought', async () => {
    writeFileSync(
      archive,
      tar(...root, { path: 'out', type: '2', link: outside }, { path: 'out/new', content: 'x' }),
    );
    await create('crafted', '--from', archive);
    expect(readdirSync(outside)).toEqual([]);
    await host.cli(['destroy', '--now', 'crafted']);
  });

  it('with a whiteout, a content that is none, or a kind that nobody knows is refused', async () => {
    await expectRefused(tar(...root, { path: 'etc/x', type: '3', device: [0, 0] }), /whiteout/);
    await expectRefused(tar(...root, { path: 'etc/x', type: '2', link: 'y', content: 'x' }), /with content/);
    await expectRefused(tar(...root, { path: 'etc/x', type: 'M' }), /of a kind/);
  });

  it('with a header for all files, or a second name for a sparse one that leads out, is refused', async () => {
    const global = entry({ path: 'g', type: 'g', content: '18 path=../../x\n\n' });
    await expectRefused(Buffer.concat([global, tar(...root)]), /damaged/);
    const sparse = {
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': '../../outside/new',
    };
    await expectRefused(tar(...root, { path: 'x', content: '0\n', extended: sparse }), /leads out/);
  });

  it('that unpacks to more than it may is stopped', async () => {
    const bomb = Buffer.alloc(64 * 2 ** 20);
    await expectRefused(
      gzipSync(tar(...root, { path: 'etc/bomb', content: bomb })),
      /more than 8\.0 MiB/,
      '--max-size',
      '8M',
    );
  });

  it('that is cut off, or no tar, is refused', async () => {
    await expectRefused(tar(...root).subarray(0, 1000), /damaged|cut off/);
    await expectRefused(Buffer.from('hello'.repeat(1000)), /damaged/);
  });

  it('without a root file system, or without an init, is refused with what to do', async () => {
    await expectRefused(tar({ path: 'manifest.json', content: '[]' }), /docker export/);
    await expectRefused(tar({ path: 'etc/', type: '5', mode: 0o755 }), /init=\/bin\/sh/);
    symlinkSync('/bin', join(host.root, 'elsewhere'));
    await expectRefused(tar({ path: 'a', type: '2', link: '/usr' }), /no root file system/);
  });
});

it('files of ids that no machine has are refused, with what to do', async () => {
  execFileSync('tar', ['-cf', archive, '--owner=100000', '--group=100000', '-C', tree, '.']);
  const { stderr } = await create('crafted', '--from', archive);
  expect(stderr).toContain('of the ids 100000 to 100000');
  expect(readFileSync(archive).length).toBeGreaterThan(0);
  expectNothingLeft();
});
