import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const HELPER =
  process.env['TSMACHINE_TEST_HELPER'] ?? resolve(import.meta.dirname, '../../../../build/tsmachine-helper');

let folder: string;
const open = new Set<number>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsmachine-lock-'));
});

afterEach(() => {
  for (const fd of open) closeSync(fd);
  open.clear();
  rmSync(folder, { recursive: true });
});

/** A new open file description: the owner of a lock. */
function owner(file: string): number {
  const fd = openSync(join(folder, file), 'a');
  open.add(fd);
  return fd;
}

function release(fd: number): void {
  closeSync(fd);
  open.delete(fd);
}

function helper(args: readonly string[], fds: readonly number[]): ChildProcess {
  return spawn(HELPER, ['lock', ...args], { stdio: ['ignore', 'pipe', 'ignore', ...fds] });
}

function end(child: ChildProcess): Promise<{ readonly code: number | null; readonly output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function lock(milliseconds: number, ...fds: readonly number[]) {
  return end(helper([String(milliseconds), ...fds.map((_, index) => String(index + 3))], fds));
}

/** Resolves when the kernel lists the child among those that wait for a lock. */
async function blocked(child: ChildProcess): Promise<void> {
  const waits = new RegExp(`-> FLOCK +ADVISORY +WRITE ${child.pid} `);
  while (!waits.test(readFileSync('/proc/locks', 'utf8'))) await setTimeout(5);
}

describe('the lock-each mode of the helper', () => {
  it('leaves a lock to its caller at once, while it still waits for others', async () => {
    const held = owner('b');
    await lock(0, held);
    const free = owner('a');
    const child = spawn(HELPER, ['lock-each', '60000', '3', '4'], {
      stdio: ['ignore', 'pipe', 'ignore', free, owner('b')],
    });
    const ended = end(child);
    await once(child.stdout as Readable, 'data');
    release(free);
    expect((await lock(60_000, owner('a'))).code).toBe(0);
    release(held);
    expect((await ended).output).toBe('3 locked\n4 locked\n');
  });
});

describe('the lock mode of the helper', () => {
  it('gives the lock to the open file of the caller, which holds it after the helper ended', async () => {
    expect(await lock(0, owner('a'))).toEqual({ code: 0, output: '' });
    expect(await lock(0, owner('a'))).toEqual({ code: 75, output: '3\n' });
  });

  it('gives it up when the open file is closed', async () => {
    const first = owner('a');
    await lock(0, first);
    release(first);
    expect((await lock(0, owner('a'))).code).toBe(0);
  });

  it('says which file was busy, and holds none of the others then', async () => {
    await lock(0, owner('b'));
    expect(await lock(0, owner('a'), owner('b'))).toEqual({ code: 75, output: '4\n' });
    expect((await lock(0, owner('a'))).code).toBe(0);
  });

  it('gives up when the time is over', async () => {
    await lock(0, owner('a'));
    expect((await lock(30, owner('a'))).code).toBe(75);
  });

  it('waits for a lock that is released in time', async () => {
    const first = owner('a');
    await lock(0, first);
    const child = helper(['60000', '3'], [owner('a')]);
    const ended = end(child);
    await blocked(child);
    release(first);
    expect((await ended).code).toBe(0);
  });

  it('lets one at a time in, whoever comes first', async () => {
    const fds = [owner('a'), owner('a'), owner('a')];
    const codes = await Promise.all(fds.map(async (fd) => (await lock(0, fd)).code));
    expect(codes.toSorted()).toEqual([0, 75, 75]);
  });

  it('takes the same lock again without waiting for itself', async () => {
    const fd = owner('a');
    await lock(0, fd);
    expect((await lock(0, fd)).code).toBe(0);
  });

  it.each([[[]], [['0']], [['x', '3']], [['-1', '3']], [['0', 'x']]])(
    'refuses %j as wrong usage',
    async (args) => {
      expect((await end(helper(args, [owner('a')]))).code).toBe(2);
    },
  );

  it('fails for a descriptor that is not open', async () => {
    expect((await end(helper(['0', '99'], []))).code).toBe(1);
  });
});
