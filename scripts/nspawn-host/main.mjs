/**
 * `npm run test:nspawn`: the tests of the nspawn backend in a host with systemd and systemd-machined. That host is a Debian machine of our own
 * native backend, made for this run and gone with it.
 *   npm run test:nspawn                          all of test/host/nspawn
 *   npm run test:nspawn -- FILE... [OPTION...]   these; options, such as `-t NAME`, are vitest's
 *   npm run test:nspawn -- --directories ...     images are plain directories, as where there is no btrfs
 *   npm run test:nspawn -- --shell [COMMAND...]  a shell, or a command, in a fresh host, on this terminal
 * The last line says `N passed, N failed, N skipped`. `--results FILE` copies vitest's JSON report there, `--out FOLDER` what the
 * contract was observed to do (`npm run contract`).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { prepare } from '../preparation.mjs';
import { runCounted } from '../test-counts.mjs';
import { isInOwnMounts, ownMounts } from './own-mounts.mjs';

const project = join(import.meta.dirname, '../..');
const words = process.argv.slice(2);
const say = (sentence) => console.error(`test:nspawn: ${sentence}`);

process.exitCode = isInOwnMounts() ? await run() : await again();

/** Once more, where what is mounted is seen by nobody else and goes with the last of us. */
function again() {
  if (process.getuid?.() !== 0) {
    say('a test host is a machine, which needs root: run it with sudo');
    return 1;
  }
  if (!prepare('nspawn', 2)) return 1;
  const child = spawn(...ownMounts([process.execPath, ...process.argv.slice(1)]), { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // The terminal sends this one to both.
  process.on('SIGINT', () => {});
  return new Promise((done) => child.on('close', (code) => done(code ?? 1)));
}

async function run() {
  try {
    return words[0] === '--shell' ? await runShell(words.slice(1)) : await runTests();
  } catch (error) {
    say(error.message);
    return 1;
  }
}

async function runShell(command) {
  const { withTestHost } = await import('./test-host.mjs');
  const chosen = command.length > 0 ? command : ['bash', '-l'];
  return withTestHost(say, (host) => host.exec(chosen, { TERM: process.env.TERM ?? 'dumb' }));
}

async function runTests() {
  const { runNspawnTests } = await import('./nspawn-tests.mjs');
  const wanted = takeOption('--results');
  const out = takeOption('--out');
  const directories = takeWord('--directories');
  const paths = words
    .filter((word) => existsSync(resolve(word)))
    .map((word) => relative(project, resolve(word)));
  const options = words.filter((word) => !existsSync(resolve(word)));
  return runCounted(wanted, (results) => runNspawnTests(paths, { options, results, out, directories, say }));
}

/** Whether it was there. */
function takeWord(word) {
  const index = words.indexOf(word);
  if (index >= 0) words.splice(index, 1);
  return index >= 0;
}

/** Takes an option of ours, with its value, away from those that are vitest's. */
function takeOption(option) {
  const index = words.indexOf(option);
  return index < 0 ? undefined : words.splice(index, 2)[1];
}
