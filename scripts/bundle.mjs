/**
 * Makes what `tsmachine` runs: dist/main.cjs, all of src/ and its dependencies in one minified script, and dist/cli.cjs, which
 * runs it with the code cache beside it (code-cache.mjs), if there is one (docs/decisions.md). The dashboard is dist/dashboard.cjs
 * (dashboard-build.mjs); the program asks load-dashboard.cjs for it when somebody wants to see it.
 * Its charts are dist/charts.cjs (bundle-charts.mjs).
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsBuild } from './bundle-charts.mjs';
import { cacheFileNames, dashboardCacheName, makeCodeCache, timeTravelWords } from './code-cache.mjs';
import { dashboardBuild } from './dashboard-build.mjs';
import { lazyBuiltins } from './lazy-builtins.mjs';

const asScript = {
  // A script of node:vm has no import(): it becomes require().
  supported: { 'dynamic-import': false },
  // The text is one function, as Node's own loader would make of a module.
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
};

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
    ...asScript,
    define: { 'process.env.NODE_ENV': '"production"' },
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
  const { outputFiles } = await build({ ...dashboardBuild, ...asScript, write: false });
  return outputFiles[0].contents;
}

function writeDashboard(dashboard) {
  replace(join(dist, 'dashboard.cjs'), dashboard);
  const program = scriptWithCache('dashboard.cjs', `'/${dashboardCacheName(dashboard)}'`);
  replace(
    join(dist, 'load-dashboard.cjs'),
    `'use strict';
${program}
module.exports = () => {
  const dashboard = { exports: {} };
  script.runInThisContext()(dashboard.exports, require, dashboard, filename, __dirname);
  return dashboard.exports;
};
`,
  );
}

/** Commands may be running: each sees the old file or the new one. */
function replace(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function loader(cacheFiles) {
  const cache = `(${JSON.stringify(timeTravelWords)}.includes(process.argv[2]) ? '/${cacheFiles['time-travel']}' : '/${cacheFiles.life}')`;
  return `#!/usr/bin/env node
'use strict';
${scriptWithCache('main.cjs', cache)}
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
