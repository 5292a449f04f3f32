/**
 * Makes what `tsmachine` runs: dist/main.cjs, what the commands that are waited for most run of src/ and its dependencies in one minified
 * script (common-modules.mjs), dist/more.cjs, the rest of it, and dist/cli.cjs, which runs the first one with the code cache beside it
 * (code-cache.mjs), if there is one (docs/decisions.md). The dashboard is dist/dashboard.cjs
 * (dashboard-build.mjs), the nspawn backend dist/nspawn.cjs (bundle-nspawn.mjs); the program asks load-dashboard.cjs and load-nspawn.cjs for
 * them when somebody wants to see the one, or has machines of the other. What draws charts is dist/charts.cjs (bundle-charts.mjs).
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsBuild } from './bundle-charts.mjs';
import { nspawnBuild } from './bundle-nspawn.mjs';
import { cacheNames, makeCodeCache, moreCacheNames, partCacheName } from './code-cache.mjs';
import { commonFirst } from './common-modules.mjs';
import { dashboardBuild } from './dashboard-build.mjs';
import { lazyBuiltins } from './lazy-builtins.mjs';
import { scriptOfModules, scriptsOfModules } from './module-script.mjs';

// The text of a script is one function, as Node's own loader would make of a module.
const head = '(function (exports, require, module, __filename, __dirname) {';
const foot = '})';

const asScript = {
  // A script of node:vm has no import(): it becomes require().
  supported: { 'dynamic-import': false },
  banner: { js: head },
  footer: { js: foot },
};

const readText = "readFileSync(filename, 'latin1')";
/** By the addon, which most commands load in any case: V8 reads no more of it than what is not in the cache. */
const mappedText = `(() => {
  const addon = { exports: {} };
  try {
    process.dlopen(addon, __dirname + '/../build/tsmachine-addon.node');
    return addon.exports.text(filename);
  } catch {}
})() ?? ${readText}`;

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
  metafile: true,
  external: ['./load-dashboard.cjs', './charts.cjs', './load-nspawn.cjs', 'node-pty'],
  logLevel: 'warning',
};

if (!existsSync(entry)) {
  // An installed package has the bundle and no sources.
  console.log('bundle: src/cli.ts is not here; nothing to do');
} else {
  const { build, transform } = await loadEsbuild();
  await writeProgram({ build, transform });
  writePart(
    'dashboard',
    (await build({ ...dashboardBuild, ...asScript, write: false })).outputFiles[0].contents,
  );
  const { outputFiles } = await build(nspawnBuild);
  writePart('nspawn', await asOneScript(scriptOfModules(outputFiles, 'nspawn-bundle.js'), transform));
  replace(join(dist, 'charts.cjs'), (await build(chartsBuild)).outputFiles[0].contents);
  makeCodeCache(dist);
}

async function asOneScript(text, transform) {
  const { code } = await transform(text, {
    minify: true,
    platform: 'node',
    target: 'node20',
    banner: head,
    footer: foot,
  });
  return code;
}

/** Split by what is loaded together: a command runs what it needs. */
async function writeProgram({ build, transform }) {
  const { modules, common } = commonFirst(await build(programBuild));
  const { main, more } = scriptsOfModules(modules, 'cli.js', common, './load-more.cjs');
  const [mainScript, moreScript] = [await asOneScript(main, transform), await asOneScript(more, transform)];
  mkdirSync(dist, { recursive: true });
  for (const file of readdirSync(dist)) if (file.endsWith('.cache')) rmSync(join(dist, file));
  replace(join(dist, 'more.cjs'), moreScript);
  replace(
    join(dist, 'load-more.cjs'),
    `${partLoader('more.cjs', byFirstWord(moreCacheNames(moreScript)))}module.exports.script = script;\n`,
  );
  replace(join(dist, 'main.cjs'), mainScript);
  replace(join(dist, 'cli.cjs'), loader(byFirstWord(cacheNames(mainScript))));
  chmodSync(join(dist, 'cli.cjs'), 0o755);
}

/** Which cache a command line begins with, as an expression. */
function byFirstWord({ byFirstWord, others }) {
  return `'/' + (new Map(${JSON.stringify(byFirstWord)}).get(process.argv[2]) ?? '${others}')`;
}

/** Its classes are others than the program's own: an error of the domain or of a backend is told by its mark, never by its class. */
function writePart(name, script) {
  replace(join(dist, `${name}.cjs`), script);
  replace(join(dist, `load-${name}.cjs`), partLoader(`${name}.cjs`, `'/${partCacheName(name, script)}'`));
}

function partLoader(file, cache) {
  return `'use strict';
${scriptWithCache(file, cache)}
module.exports = () => {
  const part = { exports: {} };
  script.runInThisContext()(part.exports, require, part, filename, __dirname);
  return part.exports;
};
`;
}

/** Commands may be running: each sees the old file or the new one. */
function replace(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function loader(cache) {
  return `#!/usr/bin/env node
'use strict';
${scriptWithCache('main.cjs', cache, mappedText)}
script.runInThisContext()(exports, require, module, filename, __dirname);
`;
}

/**
 * V8 refuses a cache of another version or of a script of another length, and then compiles; what it would not notice, a
 * cache of another script of the same length, the hash in the file's name excludes. esbuild writes ASCII: latin1 is fastest.
 */
function scriptWithCache(file, cache, text = readText) {
  return `const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const filename = __dirname + '/${file}';
let cachedData;
try {
  cachedData = readFileSync(__dirname + ${cache});
} catch {}
const script = new Script(${text}, { filename, cachedData });`;
}

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch {
    console.error('bundle: esbuild is not installed; run npm ci (without --omit=dev) first');
    process.exit(1);
  }
}
