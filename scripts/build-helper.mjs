/** Compiles the helper (C) to build/tsmachine-helper. Runs in a clone and, as the install script, in an installed package. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findCommand, installCommand } from './packages.mjs';

const project = join(import.meta.dirname, '..');
const compilers = [process.env.CC, 'cc', 'gcc', 'clang'];

if (process.platform !== 'linux') {
  fail(`tsmachine runs Linux containers: there is nothing to build on ${process.platform}`);
}
const compiler = compilers.find((name) => name && findCommand(name.split(' ')[0]));
const missing = [...(findCommand('make') ? [] : ['make']), ...(compiler ? [] : ['cc'])];
if (missing.length > 0) {
  fail(`building the helper needs ${missing.join(' and ')}\n  ${installCommand(missing)}`);
}

mkdirSync(join(project, 'build'), { recursive: true });
const { status, error } = spawnSync(
  'make',
  [
    '--silent',
    '--no-print-directory',
    `--jobs=${availableParallelism()}`,
    '-C',
    join(project, 'src/backends/native/helper'),
    `CC=${compiler}`,
    `OUT=${join(project, 'build/tsmachine-helper')}`,
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
if (status !== 0) fail(`make failed${error ? `: ${error.message}` : '; its words stand above'}`);

function fail(message) {
  console.error(`build-helper: ${message}`);
  process.exit(1);
}
