// What a machine of some size holds: a minimal Debian, made once and kept, else files of this host.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled, run } from '../measure.mjs';

/** The host's own: what it may fetch from. */
const sources = [
  '/etc/apt/sources.list',
  '/etc/apt/sources.list.d/debian.sources',
  '/etc/apt/sources.list.d/ubuntu.sources',
];

const kept = join(tmpdir(), 'tsmachine-bench-debian');

/** { tree, words }: a folder that is not ours to change, and what it is. */
export function debianTree() {
  if (!existsSync(kept)) makeOnce();
  const bytes = Number(run(['du', '-s', '--block-size=1', kept]).stdout.toString().split('\t')[0]);
  return { tree: kept, words: `${Math.round(bytes / 2 ** 20)} MiB, ${countFiles(kept)} files` };
}

function makeOnce() {
  const half = `${kept}.new`;
  rmSync(half, { recursive: true, force: true });
  const source = sources.find((path) => existsSync(path));
  if (isInstalled('mmdebstrap') && source !== undefined) {
    const suite = run(['sh', '-c', '. /etc/os-release; echo "$VERSION_CODENAME"']).stdout.toString().trim();
    run([
      'mmdebstrap',
      '--variant=minbase',
      '--mode=root',
      '--format=directory',
      '--quiet',
      suite,
      half,
      source,
    ]);
    // Packages as they were fetched are no part of a machine that lives.
    rmSync(join(half, 'var/cache/apt'), { recursive: true, force: true });
  } else {
    mkdirSync(half);
    cpSync('/usr/lib', join(half, 'usr/lib'), { recursive: true, verbatimSymlinks: true });
  }
  renameSync(half, kept);
}

function countFiles(tree) {
  return run(['find', tree, '-printf', '\n']).stdout.length;
}
