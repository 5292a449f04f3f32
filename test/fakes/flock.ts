/**
 * Real flocks for tests: by the project's helper if it is built, else by flock(1) of util-linux, which locks an open
 * file that it inherits just as the helper does.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LockFiles } from '../../src/machines/store/lock.ts';

const helper = resolve(import.meta.dirname, '../../build/tsmachine-helper');

export const flock: LockFiles = existsSync(helper) ? byHelper : byUtilLinux;

async function byHelper(fds: number[], waitMs: number): Promise<'locked' | { busy: number }> {
  const numbers = fds.map((_, index) => String(index + 3));
  const { code, output } = await run(helper, ['lock', String(waitMs), ...numbers], fds);
  return code === 0 ? 'locked' : { busy: fds[numbers.indexOf(output.trim())] ?? -1 };
}

async function byUtilLinux(fds: number[], waitMs: number): Promise<'locked' | { busy: number }> {
  for (const fd of fds) {
    const { code } = await run('flock', ['--timeout', String(waitMs / 1000), '3'], [fd]);
    if (code !== 0) {
      return { busy: fd };
    }
  }
  return 'locked';
}

function run(
  program: string,
  args: readonly string[],
  fds: readonly number[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit', ...fds] });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code, output }));
  });
}
