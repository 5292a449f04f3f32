/**
 * Makes dist/cli.cjs: one minified CommonJS file, because that starts faster than anything else that Node 20 can run
 * (docs/decisions.md). Everything used at run time is in it, so the installed package has no dependencies.
 */
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');
const entry = join(project, 'src', 'cli.ts');
const outfile = join(project, 'dist', 'cli.cjs');

if (!existsSync(entry)) {
  // An installed package has the bundle and no sources.
  console.log('bundle: src/cli.ts is not here; nothing to do');
} else {
  const { buildSync } = await loadEsbuild();
  buildSync({
    absWorkingDir: project,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  });
  chmodSync(outfile, 0o755);
}

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch {
    console.error('bundle: esbuild is not installed; run npm ci (without --omit=dev) first');
    process.exit(1);
  }
}
