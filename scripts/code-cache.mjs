/**
 * Makes the code caches of dist/main.cjs: what V8 compiled while the program did what people do often, so that it need not
 * compile that again at each start. It fits the Node that makes it, so it is made where the program is installed (the install
 * script) and never packed. It lies beside the program, of the same owner: who could put a false one there could as well change
 * the program. Without it, or with one that V8 refuses, everything works and takes some milliseconds longer.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

import { rehearseDashboard } from './sample-dashboard.mjs';

const self = fileURLToPath(import.meta.url);
/**
 * What people wait for, and what every monitor runs at the end of its machine. The sample never runs: some of it fails, which is
 * enough. What V8 has to read costs each start, whether it is used or not: so what only some commands need is a cache of its own.
 */
const rehearsals = [
  {
    kind: 'life',
    words: [
      ['list'],
      ['start', 'sample', 'other'],
      ['start', 'sample'],
      ['stop', 'sample'],
      ['kill', 'sample'],
      ['exec', 'sample', 'true'],
      ['internal', 'exited', 'sample'],
    ],
  },
  {
    kind: 'time-travel',
    words: [
      ['list'],
      ['snapshot', 'sample'],
      ['snapshots', 'sample'],
      ['clone', 'sample', 'copy'],
      ['restore', 'sample', 'snap1'],
      ['diff', 'sample'],
    ],
  },
];

/** First words of command lines that begin with the second cache; all others begin with the first. */
export const timeTravelWords = [
  'snapshot',
  'snapshots',
  'restore',
  'snapshot-remove',
  'clone',
  'copy',
  'diff',
  'revert',
  'undo',
  'trash',
];

/** A helper that makes a directory where one is wanted, and else nothing: a start comes to its last step, and nothing is started. */
const standIn = `#!/bin/sh
case $1 in like) shift $(($# - 1)); mkdir "$1" ;; esac
`;

const sampleMachine = join(import.meta.dirname, 'sample-machine.json');

/** Named after the content: V8 itself compares no more than the length of a script. */
export function cacheFileNames(main) {
  const hash = createHash('sha256').update(main).digest('hex').slice(0, 16);
  return Object.fromEntries(rehearsals.map(({ kind }) => [kind, `main-${hash}.${kind}.cache`]));
}

export function dashboardCacheName(dashboard) {
  return `dashboard-${createHash('sha256').update(dashboard).digest('hex').slice(0, 16)}.cache`;
}

/** In a process of its own, since the program talks and ends its process. A failure is no failure of the build. */
export function makeCodeCache(dist) {
  if (!existsSync(join(dist, 'main.cjs'))) return;
  for (const { kind } of rehearsals) makeOne(dist, kind);
  makeOne(dist, 'dashboard');
}

function makeOne(dist, kind) {
  const root = mkdtempSync(join(tmpdir(), 'tsmachine-cache-'));
  const helper = join(root, 'helper');
  try {
    const machine = join(root, 'machines', 'sample');
    mkdirSync(machine, { recursive: true });
    copyFileSync(sampleMachine, join(machine, 'config.json'));
    mkdirSync(join(machine, 'storage', 'upper', 'etc'), { recursive: true });
    mkdirSync(join(root, 'layers', 'sample', 'fs', 'etc'), { recursive: true });
    writeFileSync(helper, standIn, { mode: 0o755 });
    const addon = join(dist, '..', 'build', 'tsmachine-addon.node');
    if (existsSync(addon)) copyFileSync(addon, join(root, 'tsmachine-addon.node'));
    const { status, stderr } = spawnSync(process.execPath, [self, dist, root, kind], {
      env: { PATH: process.env.PATH, TSMACHINE_HELPER: helper, TSMACHINE_CGROUP_PARENT: 'tsmachine' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 30_000,
    });
    if (status !== 0) console.log(`code-cache: none was made, starts are slower: ${stderr}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function recordDashboard(dist) {
  const filename = join(dist, 'dashboard.cjs');
  const dashboard = readFileSync(filename);
  const script = new Script(dashboard.toString('latin1'), { filename });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dist);
  await rehearseDashboard(module.exports.openDashboard);
  writeSynced(join(dist, dashboardCacheName(dashboard)), script.createCachedData());
}

async function record(dist, root, kind) {
  const filename = join(dist, 'main.cjs');
  const main = readFileSync(filename);
  const script = new Script(main.toString('latin1'), { filename });
  const program = script.runInThisContext();
  const { words: lines } = rehearsals.find((rehearsal) => rehearsal.kind === kind);
  for (const words of lines) await runToItsEnd(program, dist, ['--root', root, ...words]);
  writeSynced(join(dist, cacheFileNames(main)[kind]), script.createCachedData());
}

/** V8 trusts a cache of the right length, so there must never be one with holes, not even after a power cut. */
function writeSynced(path, content) {
  const fd = openSync(`${path}.new`, 'w', 0o644);
  writeFileSync(fd, content);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
}

/** The program ends by process.exit, once: here that is the sign to go on. */
function runToItsEnd(program, dist, words) {
  const cli = join(dist, 'cli.cjs');
  process.argv = [process.execPath, cli, ...words];
  return new Promise((resolve) => {
    process.exit = resolve;
    program({}, createRequire(cli), { exports: {} }, cli, dist);
  });
}

if (process.argv[1] === self) {
  const [dist, root, kind] = process.argv.slice(2);
  if (root === undefined) makeCodeCache(join(import.meta.dirname, '..', 'dist'));
  else if (kind === 'dashboard') await recordDashboard(dist);
  else await record(dist, root, kind);
}
