/**
 * `npm run contract [-- native|nspawn]`: what the contract (test/contract) is observed to do over each backend is kept in test/golden/contract, and
 * the table of docs/backends.md is made of it.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './preparation.mjs';

const project = join(import.meta.dirname, '..');
const chosen = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tsmachine-contract-'));
const vitest = [join(project, 'node_modules/vitest/vitest.mjs'), 'run'];
const runs = {
  native: [...vitest, '--project', 'host', 'test/host/contract.test.ts'],
  nspawn: [
    join(import.meta.dirname, 'nspawn-host/main.mjs'),
    ...['--out', folder, 'test/host/nspawn/contract.test.ts'],
  ],
};

try {
  process.exitCode = prepare('test') && Object.keys(runs).every(keep) && makeTable() ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether all of its cases did something, or said why not. */
function keep(backend) {
  if (chosen.length > 0 && !chosen.includes(backend)) return true;
  const env = { ...process.env, TSMACHINE_PREPARED: '1', TSMACHINE_TEST_CONTRACT: folder };
  const { status } = spawnSync(process.execPath, runs[backend], { cwd: project, env, stdio: 'inherit' });
  const observed = join(folder, `${backend}.json`);
  if (existsSync(observed)) copyFileSync(observed, join(project, 'test/golden/contract', `${backend}.json`));
  return status === 0;
}

function makeTable() {
  const words = [...vitest, '-u', '--project', 'unit', 'test/contract/table.test.ts'];
  return spawnSync(process.execPath, words, { cwd: project, stdio: 'inherit' }).status === 0;
}
