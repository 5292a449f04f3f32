/** Runs one command in a fresh copy of the virtual machine. What it changes there is gone with it. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmulator } from './qemu.mjs';
import { loadState } from './saved-state.mjs';

export const project = join(import.meta.dirname, '../..');

/**
 * Runs `command` as root in /project, a copy of the project that may be written to. /job/out is a folder of ours, see `collect`.
 * @param timeoutMs then the machine is ended, and the code is 124
 * @param terminal { rows, columns }: standard streams are a terminal, and ours is put through to it
 * @param collect gets the path of what the job wrote to /job/out, before it is removed
 * @returns the exit code; 125 if the machine itself failed, with the end of its console on our stderr
 */
export async function runInVm(command, { machine, timeoutMs, env = {}, terminal, collect = () => {} }) {
  const job = mkdtempSync(join(tmpdir(), 'tsmachine-vm-job-'));
  try {
    mkdirSync(join(job, 'out'));
    writeFileSync(join(job, 'run'), script(command, env));
    copyFileSync(join(import.meta.dirname, 'begin.sh'), join(job, 'begin'));
    if (terminal) writeFileSync(join(job, 'terminal'), `rows ${terminal.rows} cols ${terminal.columns}\n`);
    const shares = { project: { path: project, readonly: true }, job: { path: job, readonly: false } };
    const run = { machine, shares, timeoutMs, terminal };
    let { code, mayRepeat } = await resume(run);
    // A busy host makes an emulator end early now and then. Once it has begun, what happens is the job's, and is told as it is.
    if (code === 125 && mayRepeat && !terminal) {
      console.error('the virtual machine did not begin its job: once more');
      ({ code } = await resume(run));
    }
    collect(join(job, 'out'));
    return code;
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

function script(command, env) {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `${exports.join('')}exec ${command.map(quote).join(' ')}\n`;
}

function quote(word) {
  return `'${String(word).replaceAll("'", `'\\''`)}'`;
}

/** @returns the exit code, and whether it may be done again: the job has said nothing, and nobody wants it to end */
async function resume({ machine, shares, timeoutMs, terminal }) {
  const emulator = startEmulator({ folder: machine, shares, state: 'resume' });
  // Ended by whoever ends us: it would run on for nobody.
  const end = () => emulator.child.kill('SIGKILL');
  let mayRepeat = true;
  const endFor = () => {
    mayRepeat = false;
    end();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, endFor);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    end();
  }, timeoutMs);
  emulator.stdout.once('data', () => {
    mayRepeat = false;
  });
  const close = terminal === undefined ? passOn(emulator) : connectTerminal(emulator);
  try {
    // If it fails, the emulator has ended, or is ended: that is told below.
    await loadState(emulator).catch(end);
    emulator.control.write(`${Date.now() / 1000}\n`);
    const code = await Promise.race([exitCode(emulator.control), emulator.ended.then(() => undefined)]);
    end();
    const how = await emulator.ended;
    if (code !== undefined) return { code, mayRepeat };
    const why = late ? `it did not end within ${timeoutMs / 1000} s` : `it ended by ${how}`;
    console.error(`the virtual machine has no result: ${why}; its console:\n${emulator.consoleTail()}`);
    return { code: late ? 124 : 125, mayRepeat };
  } finally {
    clearTimeout(limit);
    close();
    for (const signal of signals) process.off(signal, endFor);
  }
}

/** @returns undefined if the guest could not begin the job */
function exitCode(control) {
  return new Promise((resolve) => {
    const lines = createInterface({ input: control });
    lines.on('error', () => {});
    lines.on('line', (line) => {
      const code = /^exit (\d+)$/.exec(line)?.[1];
      if (code !== undefined) resolve(Number(code));
      if (line === 'no job') resolve(undefined);
    });
  });
}

function passOn({ stdout, stderr }) {
  stdout.on('data', (chunk) => process.stdout.write(chunk));
  stderr.on('data', (chunk) => process.stderr.write(chunk));
  return () => {};
}

function connectTerminal({ terminal }) {
  process.stdin.setRawMode?.(true);
  const type = (chunk) => terminal.write(chunk);
  process.stdin.on('data', type);
  terminal.on('data', (chunk) => process.stdout.write(chunk));
  return () => {
    process.stdin.off('data', type);
    process.stdin.setRawMode?.(false);
    process.stdin.pause();
  };
}
