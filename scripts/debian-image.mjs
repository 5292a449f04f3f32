/**
 * `node scripts/debian-image.mjs STORE-OF-A-TEST` or `--tar FILE`: Debian's image for tests. It is installed once a host by the program itself, kept in
 * the cache folder (TSMACHINE_DEBIAN_CACHE, else `tsmachine-debian` below XDG_CACHE_HOME or ~/.cache), and made anew when the sources are others or
 * it is a month old. Tests get its files by hard links: layers are read only.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const MONTH_MS = 30 * 24 * 3600 * 1000;
/** What the tests call, beside what each machine has. A machine of it is the host of the nspawn tests too (scripts/nspawn-host). */
const PACKAGES = [
  'tmux',
  ...['systemd-container', 'libnss-mymachines', 'libpam-systemd', 'polkitd'],
  ...['busybox-static', 'btrfs-progs', 'openssh-server', 'openssh-client', 'procps', 'xz-utils', 'zstd'],
  // The host's own Node runs on this.
  'libstdc++6',
];
const OPTIONS = [`packages=${PACKAGES.join(',')}`];

const project = join(import.meta.dirname, '..');
const cache =
  process.env.TSMACHINE_DEBIAN_CACHE ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tsmachine-debian');
const store = join(cache, 'store');

const [target, file] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: debian-image.mjs STORE | --tar FILE');
const { key, layer } = image();
if (target === '--tar') tar(layer, file);
else link(key, layer, target);
console.log(JSON.stringify({ options: OPTIONS }));

function tsmachine(...words) {
  const env = { ...process.env, TSMACHINE_ROOT: store };
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(project, 'dist/cli.cjs'), '--json', ...words],
    {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (status !== 0) throw new Error(`tsmachine ${words.join(' ')} failed`);
  return JSON.parse(stdout);
}

function image() {
  mkdirSync(store, { recursive: true, mode: 0o700 });
  const pull = () => tsmachine('image', 'pull', 'debian', '--', ...OPTIONS).key;
  const fileOf = (name) => JSON.parse(readFileSync(join(store, 'images', `${name}.json`), 'utf8'));
  const key = pull();
  if (Date.now() - Date.parse(fileOf(key).createdAt) > MONTH_MS) {
    tsmachine('image', 'remove', key);
    pull();
  }
  return { key, layer: fileOf(key).layers[0] };
}

/** Into another store, as if it had been made there. */
function link(key, layer, root) {
  for (const folder of ['layers', 'images']) mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
  const from = join(store, 'layers', layer);
  const to = join(root, 'layers', layer);
  if (existsSync(to)) return;
  const way = statSync(store).dev === statSync(root).dev ? '-l' : '--reflink=auto';
  const { status } = spawnSync('cp', ['-a', way, from, to], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`cp ${from} ${to} failed`);
  cpSync(join(store, 'images', `${key}.json`), join(root, 'images', `${key}.json`));
}

function tar(layer, path) {
  const tree = join(store, 'layers', layer, 'fs');
  if (existsSync(path) && statSync(path).mtimeMs > statSync(dirname(tree)).mtimeMs) return;
  mkdirSync(dirname(path), { recursive: true });
  const args = [
    '--numeric-owner',
    '--xattrs',
    '--warning=no-file-changed',
    '-cf',
    `${path}.new`,
    '-C',
    tree,
    '.',
  ];
  // 1: another test links the files meanwhile, which changes their ctime and nothing else.
  if ((spawnSync('tar', args, { stdio: 'inherit' }).status ?? 2) > 1) throw new Error(`tar ${tree} failed`);
  renameSync(`${path}.new`, path);
}
