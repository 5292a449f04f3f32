/**
 * Tests as modules that Node loads by itself, for hosts that are not this one: in a virtual machine, where a processor is ten times slower,
 * reading the TypeScript of each file anew would take longer than the tests; and a test host sees the project read only.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { patience } from './test-patience.mjs';

const project = join(import.meta.dirname, '..');
const setup = ['environment', 'busybox-path'].map(setupFile);
/** The tests of the nspawn backend need a host that is made ready for them. */
export const nspawnTests = 'test/host/nspawn/';

/**
 * @param files test files, relative to the project
 * @param name of the vitest project; what is built lies in build/NAME-tests
 * @param root where the project lies on the host of the tests
 * @param timeScale the time-outs of the tests are so many times those of test-patience.mjs
 * @returns the path of a vitest config for them, relative to the project
 */
export async function bundleTests(files, { name, root, timeScale }) {
  const folder = `build/${name}-tests`;
  const needsNspawn = files.some((file) => file.startsWith(nspawnTests));
  const globalSetup = ['global', 'busybox', ...(needsNspawn ? ['nspawn-host'] : [])].map(setupFile);
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
    plugins: [whereItWas(root)],
  });
  const built = (path) => join(root, folder, path.replace(/\.ts$/, '.mjs'));
  const test = {
    name,
    include: files.map(built),
    setupFiles: setup.map(built),
    globalSetup: globalSetup.map(built),
    fileParallelism: false,
    maxWorkers: 1,
    pool: 'forks',
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: patience.machines * timeScale,
    hookTimeout: patience.machines * timeScale,
    teardownTimeout: patience.machines,
    expect: { poll: { timeout: patience.poll * timeScale } },
  };
  const config = join(folder, 'vitest.config.mjs');
  mkdirSync(join(project, folder), { recursive: true });
  writeFileSync(join(project, config), `export default ${JSON.stringify({ root, test }, null, 2)};\n`);
  return config;
}

function setupFile(name) {
  return `test/setup/${name}.ts`;
}

/** Tests find the project's files from where they themselves lie: that stays what it is in the source. */
function whereItWas(root) {
  return {
    name: 'where-it-was',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => ({
        loader: 'ts',
        contents: readFileSync(path, 'utf8').replaceAll(
          'import.meta.dirname',
          JSON.stringify(join(root, dirname(path).slice(project.length))),
        ),
      }));
    },
  };
}
