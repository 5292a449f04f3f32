/** The host tests of this project, run in the virtual machine. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleTests, nspawnTests } from '../bundle-tests.mjs';
import { project, runInVm } from './job.mjs';

/** A translated processor is about ten times slower than a real one; few tests take a tenth of their time there. */
const TIME_SCALE = 3;
const LIMIT_MS = 3_600_000;
/** Where the project lies in the guest. */
const guestProject = '/project';

/** Those whose result depends on the host's cgroups, on systemd and on the kernel: what the rest finds, it finds on any host. */
const dependsOnHost = [
  'test/vm/',
  'test/host/native-',
  'test/host/configured-machine.',
  'test/host/leftovers.',
  'test/host/limits/',
  // Of the nspawn backend: all of it takes half an hour there.
  `${nspawnTests}unit-limits.`,
];

/** All host tests, or those that npm run test:vm runs when nobody names any. */
export function hostTests({ all }) {
  return ['test/vm', 'test/host']
    .flatMap((folder) =>
      readdirSync(join(project, folder), { recursive: true }).map((path) => join(folder, path)),
    )
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => all || dependsOnHost.some((beginning) => path.startsWith(beginning)))
    .sort();
}

/**
 * @param results where vitest's JSON report is copied to
 * @returns the exit code
 */
export async function runHostTests(files, { machine, results }) {
  const debian = files.some((path) => path.startsWith('test/host/debian/')) ? debianArchive() : {};
  const config = await bundleTests(files, { name: 'vm', root: guestProject, timeScale: TIME_SCALE });
  return runInVm(
    [
      ...['node', 'node_modules/vitest/vitest.mjs', 'run', '--config', config],
      ...['--reporter=verbose', '--reporter=json', '--outputFile.json=/job/out/results.json'],
    ],
    {
      machine,
      timeoutMs: LIMIT_MS,
      env: {
        TSMACHINE_TEST_RUN: 'tsmtest-0000001',
        TSMACHINE_TEST_HOST: 'vm',
        CI: 'true',
        ...debian,
        ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
      },
      collect(out) {
        const report = join(out, 'results.json');
        if (results !== undefined && existsSync(report)) copyFileSync(report, results);
      },
    },
  );
}

/** The guest has no network: its Debian machines are made from an archive of the image that those of the host are. */
function debianArchive() {
  const path = 'build/debian-image.tar';
  const args = [join(project, 'scripts/debian-image.mjs'), '--tar', join(project, path)];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error("Debian's image could not be made");
  return { TSMACHINE_TEST_DEBIAN: join(guestProject, path) };
}
