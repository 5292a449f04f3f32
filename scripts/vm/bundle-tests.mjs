/**
 * Host tests as modules that Node loads by itself: in the virtual machine, where a processor is ten times slower, reading the
 * TypeScript of each file anew would take longer than the tests.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { project } from './job.mjs';

/** Where the project lies in the guest. */
export const guestProject = '/project';
const folder = 'build/vm-tests';
const setup = ['environment', 'busybox-path'].map((name) => `test/setup/${name}.ts`);
const globalSetup = ['global', 'busybox'].map((name) => `test/setup/${name}.ts`);

/**
 * @param files test files, relative to the project
 * @param timeScale the time-outs of the tests are so many times those of vitest.config.ts
 * @returns the path of a vitest config for them, relative to the project
 */
export async function bundleTests(files, timeScale) {
  rmSync(join(project, folder), { recursive: true, force: true });
  await build({
    absWorkingDir: project,
    entryPoints: [...files, ...setup, ...globalSetup],
    outdir: folder,
    outbase: '.',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    plugins: [whereItWas],
  });
  const built = (path) => join(guestProject, folder, path.replace(/\.ts$/, '.mjs'));
  const config = join(folder, 'vitest.config.mjs');
  mkdirSync(join(project, folder), { recursive: true });
  writeFileSync(
    join(project, config),
    `export default ${JSON.stringify(
      {
        root: guestProject,
        test: {
          name: 'vm',
          include: files.map(built),
          setupFiles: setup.map(built),
          globalSetup: globalSetup.map(built),
          fileParallelism: false,
          maxWorkers: 1,
          pool: 'forks',
          isolate: false,
          experimental: { viteModuleRunner: false, nodeLoader: false },
          testTimeout: 60_000 * timeScale,
          hookTimeout: 60_000 * timeScale,
          teardownTimeout: 60_000,
          expect: { poll: { timeout: 1000 * timeScale } },
        },
      },
      null,
      2,
    )};\n`,
  );
  return config;
}

/** Tests find the project's files from where they themselves lie: that stays what it is in the source. */
const whereItWas = {
  name: 'where-it-was',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.dirname',
        JSON.stringify(join(guestProject, dirname(path).slice(project.length))),
      ),
    }));
  },
};
