/**
 * Makes what `tsmachine` runs: dist/main.cjs, all of src/ and its dependencies in one minified script, and dist/cli.cjs, which
 * runs it with the code cache beside it (code-cache.mjs), if there is one (docs/decisions.md). The dashboard is dist/dashboard.mjs, an ES
 * module, since Ink's layout engine awaits at its top level; the program asks load-dashboard.cjs for it when somebody wants to see it.
 * Its charts are dist/charts.cjs (bundle-charts.mjs).
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsBuild } from './bundle-charts.mjs';
import { cacheFileNames, makeCodeCache, timeTravelWords } from './code-cache.mjs';
import { lazyBuiltins } from './lazy-builtins.mjs';

const project = join(import.meta.dirname, '..');
const entry = join(project, 'src', 'cli.ts');
const dist = join(project, 'dist');

if (!existsSync(entry)) {
  // An installed package has the bundle and no sources.
  console.log('bundle: src/cli.ts is not here; nothing to do');
} else {
  const { build } = await loadEsbuild();
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: [entry],
    outfile: join(dist, 'main.cjs'),
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // A script of node:vm has no import(): it becomes require().
    supported: { 'dynamic-import': false },
    define: { 'process.env.NODE_ENV': '"production"' },
    // The text is one function, as Node's own loader would make of a module.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    plugins: [lazyBuiltins],
    external: ['./load-dashboard.cjs', './charts.cjs', 'node-pty'],
    logLevel: 'warning',
  });
  writeProgram(outputFiles[0].contents);
  writeDashboard(await bundleDashboard(build));
  replace(join(dist, 'charts.cjs'), (await build(chartsBuild)).outputFiles[0].contents);
  makeCodeCache(dist);
}

function writeProgram(main) {
  mkdirSync(dist, { recursive: true });
  for (const file of readdirSync(dist)) if (file.endsWith('.cache')) rmSync(join(dist, file));
  replace(join(dist, 'main.cjs'), main);
  replace(join(dist, 'cli.cjs'), loader(cacheFileNames(main)));
  chmodSync(join(dist, 'cli.cjs'), 0o755);
}

/** Of classes as the program's own: an error of the domain is told apart by its fields, never by its class. */
async function bundleDashboard(build) {
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: [join(project, 'src', 'ui', 'dashboard-bundle.ts')],
    outfile: join(dist, 'dashboard.mjs'),
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    // Of Ink, for a developer's browser.
    alias: { 'react-devtools-core': join(project, 'scripts', 'nothing.mjs') },
    external: ['node-pty'],
    // Packages of CommonJS require builtins.
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outputFiles[0].contents;
}

function writeDashboard(dashboard) {
  replace(join(dist, 'dashboard.mjs'), dashboard);
  replace(join(dist, 'load-dashboard.cjs'), "module.exports = () => import('./dashboard.mjs');\n");
}

/** Commands may be running: each sees the old file or the new one. */
function replace(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/**
 * V8 refuses a cache of another version or of a script of another length, and then compiles; what it would not notice, a
 * cache of another script of the same length, the hash in the file's name excludes. esbuild writes ASCII: latin1 is fastest.
 */
function loader(cacheFiles) {
  return `#!/usr/bin/env node
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const filename = __dirname + '/main.cjs';
const travels = ${JSON.stringify(timeTravelWords)}.includes(process.argv[2]);
let cachedData;
try {
  cachedData = readFileSync(__dirname + (travels ? '/${cacheFiles['time-travel']}' : '/${cacheFiles.life}'));
} catch {}
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
script.runInThisContext()(exports, require, module, filename, __dirname);
`;
}

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch {
    console.error('bundle: esbuild is not installed; run npm ci (without --omit=dev) first');
    process.exit(1);
  }
}
