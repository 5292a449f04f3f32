/**
 * Makes what `tsmachine` runs: dist/main.cjs, all of src/ and its dependencies in one minified script, and dist/cli.cjs, which
 * runs it with the code cache beside it (code-cache.mjs), if there is one (docs/decisions.md). The dashboard is dist/dashboard.cjs
 * (dashboard-build.mjs), the nspawn backend dist/nspawn.cjs (bundle-nspawn.mjs); the program asks load-dashboard.cjs and load-nspawn.cjs for
 * them when somebody wants to see the one, or has machines of the other. What draws charts is dist/charts.cjs (bundle-charts.mjs).
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsBuild } from './bundle-charts.mjs';
import { nspawnBuild } from './bundle-nspawn.mjs';
import { cacheFileNames, makeCodeCache, partCacheName } from './code-cache.mjs';
import { dashboardBuild } from './dashboard-build.mjs';
import { lazyBuiltins } from './lazy-builtins.mjs';
import { scriptOfModules } from './module-script.mjs';

// The text of a script is one function, as Node's own loader would make of a module.
const head = '(function (exports, require, module, __filename, __dirname) {';
const foot = '})';

const asScript = {
  // A script of node:vm has no import(): it becomes require().
  supported: { 'dynamic-import': false },
  banner: { js: head },
  footer: { js: foot },
};

const project = join(import.meta.dirname, '..');
const entry = join(project, 'src', 'cli.ts');
const dist = join(project, 'dist');

const programBuild = {
  absWorkingDir: project,
  entryPoints: [entry],
  outdir: dist,
  write: false,
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [lazyBuiltins],
  external: ['./load-dashboard.cjs', './charts.cjs', './load-nspawn.cjs', 'node-pty'],
  logLevel: 'warning',
};

if (!existsSync(entry)) {
  // An installed package has the bundle and no sources.
  console.log('bundle: src/cli.ts is not here; nothing to do');
} else {
  const { build, transform } = await loadEsbuild();
  writeProgram(await scriptOf(programBuild, 'cli.js', { build, transform }));
  writePart(
    'dashboard',
    (await build({ ...dashboardBuild, ...asScript, write: false })).outputFiles[0].contents,
  );
  writePart('nspawn', await scriptOf(nspawnBuild, 'nspawn-bundle.js', { build, transform }));
  replace(join(dist, 'charts.cjs'), (await build(chartsBuild)).outputFiles[0].contents);
  makeCodeCache(dist);
}

/** Split by what is loaded together: a command runs what it needs. @param options of esbuild's build, with `splitting` */
async function scriptOf(options, entry, { build, transform }) {
  const { outputFiles } = await build(options);
  const { code } = await transform(scriptOfModules(outputFiles, entry), {
    minify: true,
    platform: 'node',
    target: 'node20',
    banner: head,
    footer: foot,
  });
  return code;
}

function writeProgram(main) {
  mkdirSync(dist, { recursive: true });
  for (const file of readdirSync(dist)) if (file.endsWith('.cache')) rmSync(join(dist, file));
  replace(join(dist, 'main.cjs'), main);
  replace(join(dist, 'cli.cjs'), loader(cacheFileNames(main)));
  chmodSync(join(dist, 'cli.cjs'), 0o755);
}

/** Its classes are others than the program's own: an error of the domain or of a backend is told by its mark, never by its class. */
function writePart(name, script) {
  replace(join(dist, `${name}.cjs`), script);
  const program = scriptWithCache(`${name}.cjs`, `'/${partCacheName(name, script)}'`);
  replace(
    join(dist, `load-${name}.cjs`),
    `'use strict';
${program}
module.exports = () => {
  const part = { exports: {} };
  script.runInThisContext()(part.exports, require, part, filename, __dirname);
  return part.exports;
};
`,
  );
}

/** Commands may be running: each sees the old file or the new one. */
function replace(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function loader({ byFirstWord, others }) {
  return `#!/usr/bin/env node
'use strict';
const caches = new Map(${JSON.stringify(byFirstWord)});
${scriptWithCache('main.cjs', `'/' + (caches.get(process.argv[2]) ?? '${others}')`)}
script.runInThisContext()(exports, require, module, filename, __dirname);
`;
}

/**
 * V8 refuses a cache of another version or of a script of another length, and then compiles; what it would not notice, a
 * cache of another script of the same length, the hash in the file's name excludes. esbuild writes ASCII: latin1 is fastest.
 */
function scriptWithCache(file, cache) {
  return `const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const filename = __dirname + '/${file}';
let cachedData;
try {
  cachedData = readFileSync(__dirname + ${cache});
} catch {}
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });`;
}

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch {
    console.error('bundle: esbuild is not installed; run npm ci (without --omit=dev) first');
    process.exit(1);
  }
}
