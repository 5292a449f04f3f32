/**
 * Compiles the seccomp profiles into src/backends/native/seccomp/filters.generated.ts (or the file given). Needs
 * libseccomp-dev; users do not, since the result is committed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NATIVE = join(ROOT, 'src/backends/native');
const output = process.argv[2] ?? join(NATIVE, 'seccomp/filters.generated.ts');

const work = mkdtempSync(join(tmpdir(), 'compile-seccomp-'));
try {
  const tool = buildTool();
  const { ARCHITECTURES, profileText } = await importProfile();
  writeFileSync(output, format(generate(tool, ARCHITECTURES, profileText)));
} finally {
  rmSync(work, { recursive: true });
}

function buildTool() {
  const tool = join(work, 'seccomp-compile');
  const source = join(NATIVE, 'helper/tools/seccomp-compile.c');
  const flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O1'];
  execFileSync(process.env.CC ?? 'cc', [...flags, '-o', tool, source, '-lseccomp'], { stdio: 'inherit' });
  return tool;
}

/** Node 20 does not read TypeScript. */
async function importProfile() {
  const outfile = join(work, 'profile.mjs');
  await build({
    entryPoints: [join(NATIVE, 'seccomp/profile.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  return import(outfile);
}

function generate(tool, architectures, profileText) {
  const version = execFileSync(tool, ['--version'], { encoding: 'utf8' }).trim();
  const unknown = new Set();
  const entries = ['default', 'nesting'].flatMap((profile) => [
    `  ${profile}: {`,
    ...Object.entries(architectures).flatMap(([arch, names]) => [
      `    ${arch}:`,
      `      '${compile(tool, profileText(profile), names, unknown)}',`,
    ]),
    '  },',
  ]);
  const names = [...unknown].sort().map((name) => `'${name}'`);
  return [
    '// Made by scripts/compile-seccomp.mjs from profile.ts: do not edit.',
    '',
    `export const LIBSECCOMP_VERSION = '${version}';`,
    '',
    '/** Calls that this libseccomp did not know; must be empty in what is committed. */',
    `export const UNKNOWN_CALLS: readonly string[] = [${names.join(', ')}];`,
    '',
    '/** Base64 of the BPF program, little-endian, by profile and processor. */',
    'export const FILTERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {',
    ...entries,
    '};',
    '',
  ].join('\n');
}

/** As the linter wants it. */
function format(text) {
  const biome = join(ROOT, 'node_modules/.bin/biome');
  return execFileSync(biome, ['format', '--stdin-file-path=filters.ts'], { cwd: ROOT, input: text });
}

function compile(tool, text, architectures, unknown) {
  const { status, stdout, stderr } = spawnSync(tool, architectures, { input: text });
  for (const line of String(stderr).split('\n').filter(Boolean)) {
    if (!line.startsWith('unknown ')) process.stderr.write(`${line}\n`);
    else unknown.add(line.slice('unknown '.length));
  }
  if (status !== 0) throw new Error(`seccomp-compile ${architectures.join(' ')} failed`);
  return stdout.toString('base64');
}
