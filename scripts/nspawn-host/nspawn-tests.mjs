/** The tests of test/host/nspawn, run in a test host. */
import { copyFileSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleTests, nspawnTests } from '../bundle-tests.mjs';
import { withTestHost } from './test-host.mjs';

const project = join(import.meta.dirname, '../..');

/** All, or those named by their path or that of a folder. */
function chosenTests(paths) {
  const isChosen = (file) => paths.some((path) => file === path || file.startsWith(join(path, '/')));
  return readdirSync(join(project, nspawnTests), { recursive: true })
    .map((path) => join(nspawnTests, path))
    .filter((file) => file.endsWith('.test.ts') && (paths.length === 0 || isChosen(file)))
    .sort();
}

/**
 * @param paths of test files or their folders, relative to the project; none: all
 * @param options of vitest
 * @param results where vitest's JSON report is copied to
 * @param out where what the contract was observed to do is copied to; undefined: it is compared with what is kept
 * @param directories images are plain directories
 * @returns the exit code
 */
export async function runNspawnTests(paths, { options, results, out, directories, say }) {
  const config = await bundleTests(chosenTests(paths), {
    name: 'nspawn',
    root: project,
    timeScale: 1,
  });
  const command = [
    ...['node', 'node_modules/vitest/vitest.mjs', 'run', '--config', config, '--configLoader', 'native'],
    ...['--reporter=default', '--reporter=json', '--outputFile.json=/job/out/results.json', ...options],
  ];
  const run = async (host) => {
    const status = await host.exec(command, {
      TSMACHINE_TEST_RUN: 'tsmtest-0000001',
      TSMACHINE_TEST_HOST: 'nspawn',
      ...(directories ? { TSMACHINE_TEST_IMAGES: 'directories' } : {}),
      ...(out === undefined ? {} : { TSMACHINE_TEST_CONTRACT: '/job/out' }),
      ...(process.env.CI === undefined ? {} : { CI: process.env.CI }),
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    });
    const report = join(host.out, 'results.json');
    if (existsSync(report)) copyFileSync(report, results);
    if (out !== undefined) cpSync(host.out, out, { recursive: true });
    return status;
  };
  return withTestHost(say, run, { directories });
}
