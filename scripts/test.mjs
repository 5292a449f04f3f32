/**
 * `npm test [-- FILES]`: prerequisites, builds, all tests, and the proof that they left nothing behind. The tests of the nspawn backend run in a host
 * of their own (scripts/nspawn-host); options, which are vitest's, are for the others alone.
 * The last line says `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { nspawnTests } from './bundle-tests.mjs';
import { loadTypeScript } from './load-typescript.mjs';
import { prepare } from './preparation.mjs';
import { countsOf, readFailures } from './test-counts.mjs';

const project = join(import.meta.dirname, '..');
const results = mkdtempSync(join(tmpdir(), 'tsmachine-results-'));
const pid = String(process.pid).padStart(7, '0');
/** Of what runs side by side: each looks for whatever carries its own mark when it ends. */
const marks = {
  unit: `tsmtest-${pid}`,
  host: `tsmtest-${pid}`,
  moreHost: `tsmmore-${pid}`,
  e2e: `tsmprog-${pid}`,
  nspawn: `tsmhost-${pid}`,
};
const reports = Object.fromEntries(Object.keys(marks).map((part) => [part, join(results, `${part}.json`)]));
const { findLeftovers, describeLeftovers } = await loadTypeScript('test/setup/leftovers.ts');
const { sweep } = await loadTypeScript('test/setup/sweep.ts');
const leftovers = () => [...new Set(Object.values(marks))].flatMap(findLeftovers);

if (!prepare('test')) process.exit(1);

const words = process.argv.slice(2);
const isOfNspawn = (word) => join(resolve(word), '/').startsWith(join(project, nspawnTests));
const counts = { passed: 0, failed: 0, skipped: 0 };
/** Somebody wants the end: what has not begun does not begin. */
let interrupted = false;
const before = new Set(leftovers().map(key));
const here =
  words.length === 0 || !words.every(isOfNspawn) ? words.filter((word) => !isOfNspawn(word)) : undefined;
const there = words.length === 0 || words.some(isOfNspawn) ? words.filter(isOfNspawn) : undefined;
if (here !== undefined) add(await runVitest('unit', here));
// All of these wait most of the time, for machines and terminals; what the first one says is seen as it goes, the rest when it has ended.
const sides = [
  ...(here === undefined ? [] : [...hostSides(here), (log) => runVitest('e2e', here, log)]),
  ...(there === undefined ? [] : [(log) => runInNspawnHost(there, log)]),
];
const logOf = (index) => (index === 0 ? undefined : join(results, `${index}.log`));
const begun = interrupted ? [] : sides;
for (const more of await Promise.all(begun.map((run, index) => run(logOf(index))))) add(more);
const failures = Object.values(reports).flatMap(readFailures);
const left = leftovers().filter((leftover) => !before.has(key(leftover)));
rmSync(results, { recursive: true, force: true });

for (const failure of failures) console.log(`FAILED ${failure}\n`);
if (left.length > 0) console.log(describeLeftovers(left));
await sweep(left);
if (left.length > 0) counts.failed += 1;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** They take longest by far, and each file of them waits on its own: two at a time, where there is more than what somebody named. */
function hostSides(args) {
  if (args.length > 0) return [(log) => runVitest('host', args, log)];
  return [
    (log) => runVitest('host', ['--shard=1/2'], log),
    (log) => runVitest('host', ['--shard=2/2'], log, 'moreHost'),
  ];
}

/** @param name of vitest's project @param part whose mark it has */
function runVitest(name, args, log, part = name) {
  const file = reports[part];
  const script = join(project, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const words = [script, 'run', '--project', name, '--passWithNoTests', ...reporters, ...args];
  return runToItsEnd(file, words, marks[part], log);
}

function runInNspawnHost(paths, log) {
  const file = reports.nspawn;
  const script = join(project, 'scripts/nspawn-host/main.mjs');
  return runToItsEnd(file, [script, '--results', file, ...paths], marks.nspawn, log);
}

function add(more) {
  for (const kind of Object.keys(counts)) counts[kind] += more[kind];
}

function key({ kind, what }) {
  return `${kind} ${what}`;
}

/**
 * An interrupted run ends its workers in the middle of a test: what they leave is swept all the same.
 * @param mark of the run
 * @param log what it says goes here, and is printed when it has ended; undefined: it is printed as it comes
 * @returns the counts of the report in `file`
 */
async function runToItsEnd(file, args, mark, log) {
  const output = log === undefined ? 'inherit' : openSync(log, 'w');
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { ...process.env, TSMACHINE_PREPARED: '1', TSMACHINE_TEST_RUN: mark },
    stdio: ['ignore', output, output],
  });
  const end = () => {
    interrupted = true;
    child.kill('SIGTERM');
  };
  process.on('SIGTERM', end);
  // The terminal sends this one to both.
  process.on('SIGINT', ignore);
  const status = await new Promise((done) => child.on('close', done));
  process.off('SIGTERM', end);
  if (log !== undefined) {
    closeSync(output);
    process.stdout.write(readFileSync(log));
  }
  return countsOf(file, status);
}

function ignore() {}
