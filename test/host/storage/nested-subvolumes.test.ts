/** Subvolumes that a machine has made inside itself, by the built program: no command that keeps or copies files loses them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from './disk.ts';

const { cli, done } = withRoot();
let disk: Disk;
const on = (...args: readonly string[]) => ['--root', disk.folder, ...args];
const run = (...args: readonly string[]) => done(on(...args));

beforeAll(() => {
  disk = makeDisk('btrfs', 512);
});
afterAll(() => disk.remove());

beforeEach(async () => {
  await run('create', 'web', '-t', 'busybox', '--storage', 'btrfs');
  sh('web', MAKE);
});
afterEach(async () => {
  const machines = readdirSync(`${disk.folder}/machines`);
  await cli(on('destroy', '--now', '--force', ...machines));
  await run('trash', 'empty', '--yes');
  expect(subvolumes()).not.toContain('root/outer');
});

const rootOf = (machine: string) => `${disk.folder}/machines/${machine}/storage/root`;
const sh = (machine: string, script: string) => execFileSync('sh', ['-ec', script], { cwd: rootOf(machine) });
const subvolumes = () => execFileSync('btrfs', ['subvolume', 'list', disk.folder], { encoding: 'utf8' });

/** A subvolume, one in it that is read-only, and one in that: each with a file, the innermost with a name that ends lines. */
const MAKE = `btrfs -q subvolume create root/outer; echo 1 > root/outer/file; mkdir 'root/outer/a
b'; cd 'root/outer/a
b'; btrfs -q subvolume create inner; echo 2 > inner/file
  btrfs -q subvolume create 'inner/last
one'; echo 3 > 'inner/last
one/file'; ln -s /etc inner/link; btrfs property set -t subvol inner ro true`;

const INNER = 'root/outer/a\nb/inner';
const FILES = ['root/outer/file', `${INNER}/file`, `${INNER}/last\none/file`];

/** What the files say, and whether those are subvolumes as they were. */
function look(tree: string): string {
  const texts = FILES.map((path) =>
    existsSync(`${tree}/${path}`) ? readFileSync(`${tree}/${path}`, 'utf8').trim() : '-',
  );
  const modes = ['root/outer', INNER, `${INNER}/last\none`].map((path) => modeOf(`${tree}/${path}`));
  return [...texts, ...modes].join(' ');
}

function modeOf(path: string): string {
  try {
    const said = execFileSync('btrfs', ['property', 'get', '-t', 'subvol', path, 'ro'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return said.trim() === 'ro=true' ? 'ro' : 'rw';
  } catch {
    return 'none';
  }
}

const WHOLE = '1 2 3 rw ro rw';

it('are in snapshots, and come back by restore and by its undo', async () => {
  utimesSync(`${rootOf('web')}/root`, 1e9, 1e9);
  await run('snapshot', 'web', 'one');
  const tree = `${disk.folder}/machines/web/snapshots/one/root`;
  expect(look(tree)).toBe(WHOLE);
  expect(modeOf(tree)).toBe('ro');
  expect(await run('diff', 'web@one', 'web')).not.toContain('outer');
  expect(execFileSync('stat', ['-c', '%Y', `${tree}/root`], { encoding: 'utf8' })).toBe('1000000000\n');
  expect(readdirSync(`${disk.folder}/machines/web/snapshots/one`)).not.toContain('root.new');

  sh('web', 'echo 9 > root/outer/file; btrfs -q subvolume create root/more; echo 4 > root/more/file');
  const differs = await run('diff', 'web@one', 'web');
  expect(differs).toMatch(/^A +\/root\/more\/file/m);
  expect(differs).toMatch(/^M +\/root\/outer\/file/m);
  await run('restore', 'web', 'one');
  expect(look(rootOf('web'))).toBe(WHOLE);
  expect(existsSync(`${rootOf('web')}/root/more`)).toBe(false);
  await run('undo');
  expect(look(rootOf('web'))).toBe(WHOLE.replace('1', '9'));
  expect(readFileSync(`${rootOf('web')}/root/more/file`, 'utf8')).toBe('4\n');
});

it('are in snapshots of a machine that runs, which stands still for it', async () => {
  await run('start', 'web');
  await run('exec', 'web', '--', 'sh', '-c', 'echo 8 > /root/outer/file');
  const taken = JSON.parse(await run('snapshot', 'web', 'live', '--json')) as { frozenMs: number | null };
  expect(taken.frozenMs).toBeGreaterThan(0);
  expect(look(`${disk.folder}/machines/web/snapshots/live/root`)).toBe(WHOLE.replace('1', '8'));
  expect(await run('exec', 'web', '--', 'cat', '/root/outer/file')).toBe('8\n');
  await run('stop', 'web');
});

it('are in clones, of now and of a snapshot, and are their own there', async () => {
  await run('snapshot', 'web', 'one');
  await run('clone', 'web', 'now');
  await run('clone', 'web@one', 'then');
  for (const name of ['now', 'then']) {
    expect(look(rootOf(name))).toBe(WHOLE);
    sh(name, 'echo 9 > root/outer/file');
  }
  expect(look(rootOf('web'))).toBe(WHOLE);
});

it('come back from the trash, with the snapshots that have some', async () => {
  await run('snapshot', 'web', 'one');
  await run('destroy', 'web');
  await run('undo');
  expect(look(rootOf('web'))).toBe(WHOLE);
  sh('web', 'rm root/outer/file');
  await run('restore', 'web', 'one');
  expect(look(rootOf('web'))).toBe(WHOLE);
});

it('are in archives, as directories', async () => {
  await run('snapshot', 'web', 'one');
  sh('web', 'echo 9 > root/outer/file');
  const file = `${disk.folder}/web.tar`;
  await run('export', 'web', file, '--snapshots');
  await run('import', file, 'copy', '--storage', 'btrfs');
  expect(look(rootOf('copy'))).toBe('9 2 3 none none none');
  expect(look(`${disk.folder}/machines/copy/snapshots/one/root`)).toBe('1 2 3 none none none');
});

it('are found at any depth, and only where they really lie', async () => {
  const step = `d=${'n'.repeat(200)}; for i in $(seq 30); do mkdir $d; cd -P ./$d; done`;
  const outside = `${disk.folder}/outside`;
  execFileSync('btrfs', ['-q', 'subvolume', 'create', outside]);
  sh('web', `${step}; btrfs -q subvolume create sub; echo deep > sub/file`);
  symlinkSync(outside, `${rootOf('web')}/root/outside`);
  await run('clone', 'web', 'copy');
  const way = `${step.replace('mkdir $d; ', '')}; cat sub/file`;
  expect(String(sh('copy', way))).toBe('deep\n');
  expect(readdirSync(outside)).toEqual([]);
  execFileSync('btrfs', ['-q', 'subvolume', 'delete', outside]);
});

it('are refused a hundred deep in each other, and nothing half done is left', async () => {
  sh('web', 'for i in $(seq 101); do btrfs -q subvolume create d; cd d; done');
  const refused = await cli(on('clone', 'web', 'copy'));
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('EMLINK');
  expect(refused.stderr).toContain('more than 100 deep');
  expect(readdirSync(`${disk.folder}/machines`)).toEqual(['web']);
});

it('have single files put back in them, unless they are read-only', async () => {
  await run('snapshot', 'web', 'one');
  writeFileSync(`${rootOf('web')}/root/outer/file`, '9');
  await run('revert', 'web', '/root/outer/file', '--from', 'web@one');
  expect(look(rootOf('web'))).toBe(WHOLE);
  expect(readdirSync(`${rootOf('web')}/root/outer`).sort()).toEqual(['a\nb', 'file']);
  const inner = `${rootOf('web')}/${INNER}`;
  execFileSync('btrfs', ['property', 'set', inner, 'ro', 'false']);
  writeFileSync(`${inner}/file`, '8');
  execFileSync('btrfs', ['property', 'set', inner, 'ro', 'true']);
  const refused = await cli(on('revert', 'web', `/${INNER}/file`, '--from', 'web@one'));
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('is a read-only subvolume in web');
  await run('revert', 'web', '/root', '--from', 'web@one');
  expect(look(rootOf('web'))).toBe('1 2 3 none none none');
});
