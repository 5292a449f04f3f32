/**
 * Makes the code caches of dist/main.cjs and dist/more.cjs: what V8 compiled while the program did what people do often, so that it need not
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
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

import { rehearseNspawn } from './sample-bus.mjs';
import { rehearseDashboard } from './sample-dashboard.mjs';

const self = fileURLToPath(import.meta.url);
/**
 * What people wait for, and what every monitor runs at the end of its machine. The sample never runs: some of it fails, which is
 * enough. What V8 has to read costs each start, whether it is used or not: so a command that is waited for most has a cache of its own.
 * `first`: the words by which command lines begin that begin with this cache; all others begin with the first one. `more`: they need what
 * is in dist/more.cjs, and have a cache of that too.
 */
const rehearsals = [
  {
    kind: 'life',
    first: [],
    more: true,
    lines: [
      ['list'],
      ['start', 'sample', 'other'],
      ['start', 'sample'],
      ['stop', 'sample'],
      ['kill', 'sample'],
      ['exec', 'sample', 'true'],
      ['internal', 'exited', 'sample'],
    ],
  },
  { kind: 'list', first: ['list', 'ls'], lines: [['list']] },
  { kind: 'snapshot', first: ['snapshot'], lines: [['snapshot', 'sample']] },
  { kind: 'clone', first: ['clone', 'copy'], lines: [['clone', 'sample', 'copy']] },
  { kind: 'top', first: ['top'], more: true, lines: [['top', '--all', '--once', '--interval', '0']] },
  {
    kind: 'time-travel',
    more: true,
    first: ['snapshots', 'restore', 'snapshot-remove', 'diff', 'revert', 'undo', 'trash'],
    lines: [
      ['snapshot', 'sample'],
      ['snapshots', 'sample'],
      ['restore', 'sample', 'snap1'],
      ['diff', 'sample@snap1', 'sample'],
    ],
  },
];

/** A helper that makes a directory where one is wanted, and else nothing: a start comes to its last step, and nothing is started. */
const standIn = `#!/bin/sh
case $1 in like) shift $(($# - 1)); mkdir "$1" ;; esac
`;

const sampleMachine = join(import.meta.dirname, 'sample-machine.json');

/** Named after the content: V8 itself compares no more than the length of a script. */
function cacheName(name, script, kind) {
  return `${name}-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.${kind}.cache`;
}

/** @returns the cache of command lines that begin with a word, by that word, and the one of all others */
export function cacheNames(main) {
  return namesByFirstWord(rehearsals, (kind) => cacheName('main', main, kind));
}

export function moreCacheNames(more) {
  const those = rehearsals.filter((rehearsal) => rehearsal.more);
  return namesByFirstWord(those, (kind) => cacheName('more', more, kind));
}

function namesByFirstWord([others, ...rest], nameOf) {
  const byFirstWord = rest.flatMap(({ kind, first }) => first.map((word) => [word, nameOf(kind)]));
  return { byFirstWord, others: nameOf(others.kind) };
}

/** Of a part that is a script of its own: dashboard, nspawn. */
export function partCacheName(name, script) {
  return `${name}-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.cache`;
}

/** In a process of its own, since the program talks and ends its process. A failure is no failure of the build. */
export function makeCodeCache(dist) {
  if (!existsSync(join(dist, 'main.cjs'))) return;
  for (const { kind } of rehearsals) makeOne(dist, kind);
  for (const name of Object.keys(parts)) makeOne(dist, name);
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

/** What is done with each part, so that V8 has compiled what people wait for. @param root a folder of this rehearsal's own */
const parts = {
  dashboard: ({ openDashboard }) => rehearseDashboard(openDashboard),
  nspawn: ({ createNspawnManager }, root) => rehearseNspawn(createNspawnManager, join(root, 'bus')),
};

async function recordPart(dist, root, name) {
  const filename = join(dist, `${name}.cjs`);
  const text = readFileSync(filename);
  const script = new Script(text.toString('latin1'), { filename });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dist);
  await parts[name](module.exports, root);
  writeSynced(join(dist, partCacheName(name, text)), script.createCachedData());
}

async function record(dist, root, kind) {
  const filename = join(dist, 'main.cjs');
  const main = readFileSync(filename);
  const script = new Script(main.toString('latin1'), { filename });
  const program = script.runInThisContext();
  const rehearsal = rehearsals.find((one) => one.kind === kind);
  for (const words of rehearsal.lines) await runToItsEnd(program, dist, ['--root', root, ...words]);
  // As they are at a start: V8 refuses a cache that was made under other flags, and top changes some (few-samples.ts).
  for (const flag of ['--opt', '--parallel-scavenge']) setFlagsFromString(flag);
  writeSynced(join(dist, cacheName('main', main, kind)), script.createCachedData());
  if (rehearsal.more) recordMore(dist, kind);
}

/** Also where nothing of it was asked for: so that V8 need not look for all functions in it when something is. */
function recordMore(dist, kind) {
  const load = createRequire(join(dist, 'cli.cjs'))('./load-more.cjs');
  load();
  const text = readFileSync(join(dist, 'more.cjs'));
  writeSynced(join(dist, cacheName('more', text, kind)), load.script.createCachedData());
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
  else if (kind in parts) await recordPart(dist, root, kind);
  else await record(dist, root, kind);
}
