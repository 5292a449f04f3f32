/**
 * What demo and tests need before they begin: everything outside npm (prerequisites.mjs), the helper and the bundle.
 * `node scripts/preparation.mjs PURPOSE...` does it ahead; with TSMACHINE_PREPARED=1 nothing is done again, so that several
 * runs can go side by side without building under each other.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = join(import.meta.dirname, '..');

/**
 * @param purpose demo, test, vm or nspawn
 * @param output file descriptor of what the steps say
 * @returns whether all went well; what did not has said why
 */
export function prepare(purpose, output = 1) {
  if (process.env.TSMACHINE_PREPARED === '1') return true;
  return runSteps([purpose], output);
}

function runSteps(purposes, output) {
  const steps = [
    ...purposes.map((purpose) => ['prerequisites.mjs', purpose]),
    ['build-helper.mjs'],
    ['bundle.mjs'],
    ...(purposes.includes('vm') ? [['build-guest-programs.mjs']] : []),
  ];
  return steps.every(([script, ...args]) => {
    const words = [join(import.meta.dirname, script), ...args];
    const stdio = ['ignore', output, output === 1 ? 2 : output];
    return spawnSync(process.execPath, words, { cwd: project, stdio }).status === 0;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = runSteps(process.argv.slice(2), 1) ? 0 : 1;
}
