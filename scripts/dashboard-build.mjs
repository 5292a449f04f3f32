/**
 * How dist/dashboard.cjs is made: a script as dist/main.cjs is, with a code cache of its own. Ink's modules await at their top level, which
 * no such script can: for a debugger of React's, which is not there, and for the compiler of its layout engine, which nothing of ours needs.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const project = join(import.meta.dirname, '..');

/** What is done in vain when a module is loaded: by the end of its path, the text and what stands in its place. */
const replaced = [
  // Behind a condition that is never true in the bundle.
  ['/ink/build/reconciler.js', "await import('./devtools.js')", 'undefined'],
  ['/ink/build/reconciler.js', 'await loadPackageJson()', 'undefined'],
  // The tables of ICU take 10 ms of processor time, and Ink tokenizes nothing of ours.
  [
    '/@alcalzone/ansi-tokenize/build/tokenize.js',
    'const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });',
    'const segmenter = { segment: (text) => new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text) };',
  ],
];

const withoutVainWork = {
  name: 'without-vain-work',
  setup(build) {
    build.onLoad({ filter: /\/(?:reconciler|tokenize)\.js$/ }, ({ path }) => {
      const wanted = replaced.filter(([end]) => path.endsWith(end));
      if (wanted.length === 0) return undefined;
      let contents = readFileSync(path, 'utf8');
      for (const [, before, after] of wanted) {
        if (!contents.includes(before)) throw new Error(`${path} has no ${before} any more`);
        contents = contents.replace(before, after);
      }
      return { contents };
    });
  },
};

/**
 * Packages that make tables of Unicode when they are loaded, 27 ms of processor time: most screens have no character for which they are
 * asked. They have one function each, and are loaded at its first call.
 */
const slow = /^(string-width|wrap-ansi|slice-ansi|cli-truncate)$/;

const lazyWidths = {
  name: 'lazy-widths',
  setup(build) {
    build.onResolve({ filter: slow }, async ({ path, importer, resolveDir, pluginData }) => {
      if (pluginData === 'at its first call') return undefined;
      const found = await build.resolve(path, {
        kind: 'import-statement',
        importer,
        resolveDir,
        pluginData: 'at its first call',
      });
      return found.errors.length > 0 ? found : { path: found.path, namespace: 'lazy-width' };
    });
    build.onLoad({ filter: /.*/, namespace: 'lazy-width' }, ({ path }) => ({
      contents: `let loaded;
export default (...given) => (loaded ??= require(${JSON.stringify(path)}).default)(...given);`,
      resolveDir: dirname(path),
    }));
  },
};

/** Options of esbuild's build, for whatever shows the dashboard. */
export const dashboardBuild = {
  absWorkingDir: project,
  entryPoints: [join(project, 'src', 'ui', 'dashboard-bundle.ts')],
  outfile: join(project, 'dist', 'dashboard.cjs'),
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', 'import.meta.url': '""' },
  alias: {
    'react-devtools-core': join(project, 'scripts', 'nothing.mjs'),
    'yoga-layout': join(project, 'scripts', 'no-layout.mjs'),
  },
  plugins: [withoutVainWork, lazyWidths],
  external: ['node-pty'],
  logLevel: 'warning',
};
