/**
 * `npm test [-- FILES]`: prerequisites, builds, all tests, and the proof that they left nothing behind.
 * The last line says `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { prepare } from './preparation.mjs';
import { readCounts } from './test-counts.mjs';

const project = join(import.meta.dirname, '..');
const results = mkdtempSync(join(tmpdir(), 'tsmachine-results-'));
const mark = `tsmtest-${String(process.pid).padStart(7, '0')}`;
const env = { ...process.env, TSMACHINE_TEST_RUN: mark };
const { findLeftovers, describeLeftovers } = await loadTypeScript('test/setup/leftovers.ts');
const { sweep } = await loadTypeScript('test/setup/sweep.ts');

if (!prepare('test')) process.exit(1);

const before = new Set(findLeftovers(mark).map(key));
const status = await runToItsEnd([
  join(project, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--passWithNoTests',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(results, 'results.json')}`,
  ...process.argv.slice(2),
]);
const left = findLeftovers(mark).filter((leftover) => !before.has(key(leftover)));
const counts = readCounts(join(results, 'results.json'));
rmSync(results, { recursive: true, force: true });

if (left.length > 0) console.log(describeLeftovers(left));
await sweep(left);
// A failure outside any test (a leftover, a tear-down, an unhandled rejection) is a failure all the same.
if (left.length > 0) counts.failed += 1;
if (counts.failed === 0 && status !== 0) counts.failed = 1;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function key({ kind, what }) {
  return `${kind} ${what}`;
}

/** An interrupted run ends its workers in the middle of a test: what they leave is swept all the same. */
function runToItsEnd(args) {
  const child = spawn(process.execPath, args, { cwd: project, env, stdio: ['ignore', 'inherit', 'inherit'] });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // The terminal sends this one to both.
  process.on('SIGINT', () => {});
  return new Promise((resolve) => child.on('close', resolve));
}

/** The check is shared with the tests; Node 20 does not read TypeScript. */
async function loadTypeScript(path) {
  const { outputFiles } = buildSync({
    entryPoints: [join(project, path)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
