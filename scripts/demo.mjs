/**
 * `npm run demo`: a busybox machine from nothing to its console, in a root folder of its own, and nothing left after.
 * On a terminal it opens the machine's console; without one it prints what it can show. Running it twice works.
 */
import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare } from './preparation.mjs';

const project = join(import.meta.dirname, '..');
const name = 'demo';
const cgroupParent = `${process.env.TSMACHINE_CGROUP_PARENT || 'tsmachine'}-demo`;
const root = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tsmachine-demo');
const env = { ...process.env, TSMACHINE_ROOT: root, TSMACHINE_CGROUP_PARENT: cgroupParent };

if (!prepare('demo')) process.exit(1);
if (process.getuid() !== 0) {
  console.error('demo: machines need root for now:\n  sudo npm run demo');
  process.exit(1);
}

// A terminal sends its signals to the program in front as well; what that leaves is still ours to clean.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    interrupted = true;
  });

let failed = false;
makeRoot();
try {
  await show();
} catch (error) {
  if (!interrupted) console.error(`demo: ${error.message}`);
  failed = true;
} finally {
  await leaveNothing();
}
process.exitCode = failed ? 1 : 0;

async function show() {
  if (!(await listMachines()).some((machine) => machine.name === name))
    await tsmachine(['create', name, '--template', 'busybox']);
  await tsmachine(['start', name, '--if-needed']);
  if (process.stdin.isTTY && process.stdout.isTTY) {
    await tsmachine(['console', name]);
  } else {
    await tsmachine(['list']);
    await tsmachine([
      'exec',
      name,
      '--',
      'sh',
      '-c',
      'echo "this is $(hostname), as $(id -un), process $$"; ps',
    ]);
  }
}

/** The folder is removed as a whole at the end, so it must be ours: not a link, not another user's. */
function makeRoot() {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(root);
  if (!lstatSync(root).isDirectory() || uid !== process.getuid()) throw new Error(`${root} is not ours`);
}

async function listMachines() {
  const { code, stdout } = await run(['list', '--json'], ['ignore', 'pipe', 'inherit']);
  if (code !== 0) throw new Error('tsmachine list failed');
  return JSON.parse(stdout).machines;
}

/** Runs one command before the reader's eyes. */
async function tsmachine(args) {
  if (interrupted) throw new Error('interrupted');
  console.log(`$ tsmachine ${args.map((arg) => (/^[\w./=-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ')}`);
  const { code } = await run(args, 'inherit');
  if (code !== 0) throw new Error(`tsmachine ${args[0]} failed`);
}

function run(args, stdio) {
  const child = spawn(process.execPath, [join(project, 'dist/cli.cjs'), ...args], { env, stdio });
  let stdout = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout }));
  });
}

async function leaveNothing() {
  const machines = await listMachines().catch(() => []);
  const running = machines.filter(({ state }) => state !== 'stopped').map((machine) => machine.name);
  const all = machines.map((machine) => machine.name);
  if (running.length > 0) await end(['stop', ...running]);
  const destroyed = all.length === 0 || (await end(['destroy', '--force', '--now', ...all]));
  await removeCgroups();
  if (destroyed) rmSync(root, { recursive: true, force: true });
  else console.error(`demo: could not destroy everything; what is left is in ${root}`);
}

async function end(args) {
  console.log(`$ tsmachine ${args.join(' ')}`);
  return (await run(args, ['ignore', 'inherit', 'inherit'])).code === 0;
}

/** The parent groups stay when a machine ends; the last monitor may take a moment to leave them. */
async function removeCgroups() {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line));
  const parents = mounts.map((line) => join(line.split(' ')[4], cgroupParent));
  for (let attempt = 0; attempt < 400 && !parents.map(removeCgroup).every(Boolean); attempt++)
    await sleep(50);
}

/** True when it is gone. */
function removeCgroup(path) {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) rmdirSync(join(path, entry.name));
    }
    rmdirSync(path);
    return true;
  } catch (error) {
    return error.code === 'ENOENT';
  }
}
