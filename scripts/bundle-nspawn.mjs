/**
 * How dist/nspawn.cjs is made: the nspawn backend, with what speaks D-Bus for it. Loaded when a machine of systemd-nspawn is asked for
 * (docs/decisions.md).
 */
import { join } from 'node:path';
import { lazyBuiltins } from './lazy-builtins.mjs';

const project = join(import.meta.dirname, '..');
const nothing = join(project, 'scripts', 'nothing.mjs');

/** Options of esbuild's build, of modules that become one script (module-script.mjs). */
export const nspawnBuild = {
  absWorkingDir: project,
  entryPoints: [join(project, 'src', 'backends', 'nspawn', 'nspawn-bundle.ts')],
  outdir: join(project, 'dist'),
  write: false,
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  alias: {
    // dbus-next has it for Node without BigInt.
    jsbi: nothing,
    // These two are slow, one to load and one at its work.
    assert: join(project, 'scripts', 'plain-assert.cjs'),
    long: join(project, 'scripts', 'bigint-long.cjs'),
  },
  plugins: [lazyBuiltins],
  logLevel: 'warning',
};
