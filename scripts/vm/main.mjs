/**
 * `npm run test:vm`: host tests in a virtual machine whose host is what most users have: cgroup v2 alone, with all controllers,
 * under systemd, with AppArmor.
 *   npm run test:vm                          the tests whose result depends on such things
 *   npm run test:vm -- --all                 all host tests
 *   npm run test:vm -- FILE...               these
 *   npm run test:vm -- --shell [COMMAND...]  a shell, or a command, in a fresh copy of the machine, on this terminal
 * The last line says `N passed, N failed, N skipped`. `--results FILE` copies vitest's JSON report there.
 */
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from '../preparation.mjs';
import { runCounted } from '../test-counts.mjs';

const project = join(import.meta.dirname, '../..');
const words = process.argv.slice(2);
const shell = words[0] === '--shell' ? words.slice(1) : undefined;
const say = (sentence) => console.error(`test:vm: ${sentence}`);

if (!prepare('vm', 2)) process.exit(1);
// After the prerequisites: what is built here asks them for their versions.
const { ensureMachine } = await import('./machine.mjs');
try {
  const machine = await ensureMachine(say);
  process.exitCode = shell ? await runShell(machine) : await runTests(machine);
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

async function runShell(machine) {
  const { runInVm } = await import('./job.mjs');
  const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
  return runInVm(shell.length > 0 ? shell : ['bash', '-l'], {
    machine,
    timeoutMs: 2 ** 31 - 1,
    env: { TERM: process.env.TERM ?? 'dumb' },
    ...(onTerminal ? { terminal: { rows: process.stdout.rows, columns: process.stdout.columns } } : {}),
  });
}

async function runTests(machine) {
  const { hostTests, runHostTests } = await import('./host-tests.mjs');
  const { values, positionals } = parseArgs({
    args: words,
    options: { all: { type: 'boolean', default: false }, results: { type: 'string' } },
    allowPositionals: true,
  });
  const files = positionals.map((file) => relative(project, resolve(file)));
  return runCounted(values.results, (results) =>
    runHostTests(files.length > 0 ? files : hostTests(values), { machine, results }),
  );
}
