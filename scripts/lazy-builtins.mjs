/**
 * An esbuild plugin: modules of Node that are slow to load and that Node itself has not loaded at the start are loaded at
 * the first use of one of their members. No command uses all of them, and together they take longer than a whole `list`.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const slow =
  /^(?:node:)?(child_process|crypto|fs\/promises|net|readline|stream|stream\/(?:promises|consumers)|string_decoder|timers\/promises|tty|zlib)$/;

export const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: slow }, ({ path, namespace }) =>
      namespace === 'lazy-builtin'
        ? { path, external: true }
        : { path: path.replace(/^node:/, ''), namespace: 'lazy-builtin' },
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({ contents: facade(path) }));
  },
};

function facade(path) {
  const members = Object.keys(require(`node:${path}`)).map(
    (member) => `define('${member}', { enumerable: true, get: () => load().${member} });`,
  );
  return [
    'let loaded;',
    `const load = () => (loaded ??= require('node:${path}'));`,
    'const define = (name, property) => Object.defineProperty(exports, name, property);',
    ...members,
  ].join('\n');
}
