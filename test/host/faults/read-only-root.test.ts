/** A root folder whose file system became read-only, as ext4 does after an error of its disk: what runs can be stopped. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';

const { root, cli, done } = withRoot();
let isMounted = false;

function mount(...words: readonly string[]): void {
  execFileSync('mount', [...words, root]);
}

function makeWritable(): void {
  if (isMounted) execFileSync('umount', [root]);
  isMounted = false;
}

async function stateOf(name: string): Promise<unknown> {
  const { machines } = JSON.parse(await done(['list', '--json']));
  return machines.find((machine: { readonly name: string }) => machine.name === name).state;
}

function makeReadOnly(): void {
  mount('--bind', root);
  isMounted = true;
  mount('-o', 'remount,bind,ro');
}

beforeEach(async () => {
  await done(['create', 'web', '-t', 'busybox', '--start']);
  makeReadOnly();
});

afterEach(async () => {
  makeWritable();
  await done(['destroy', 'web', '--force', '--now']);
});

it('lets machines be frozen, unfrozen and stopped, and started when it is writable again', async () => {
  await done(['freeze', 'web']);
  await done(['unfreeze', 'web']);
  await done(['freeze', 'web']);
  expect(await done(['stop', 'web'])).toBe('web: stopped\n');
  expect(await stateOf('web')).toBe('stopped');
  makeWritable();
  await done(['start', 'web']);
  expect(await stateOf('web')).toBe('running');
});

it('lets a machine be stopped of which a command broke off as it became so; what that left is settled when it is writable again', async () => {
  makeWritable();
  const left = {
    operation: 'clone',
    name: 'copy',
    source: 'web',
    layer: '0'.repeat(32),
    pid: 1,
    pidStart: '',
  };
  writeFileSync(join(root, 'intents', 'copy.json'), JSON.stringify(left));
  makeReadOnly();
  for (const verb of ['freeze', 'unfreeze', 'stop']) await done([verb, 'web']);
  makeWritable();
  await done(['start', 'web']);
  expect(readdirSync(join(root, 'intents'))).toEqual([]);
});

it('still has one command at a time work on a machine', async () => {
  const lock = spawn('flock', [join(root, 'locks', 'web'), 'sh', '-c', 'echo held; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(lock, 'exit');
  await once(lock.stdout, 'data');
  const { code, stderr } = await cli(['freeze', 'web']);
  lock.stdin.end();
  await ended;
  expect([code, stderr]).toEqual([4, expect.stringContaining('another command is working on it')]);
  await done(['freeze', 'web']);
});

it.each([
  ['restart', 'web'],
  ['destroy', 'web', '--force'],
  ['set', 'web', 'memory.max=64M'],
  ['snapshot', 'web'],
])('refuses %s before anything is done, and says what to do', async (...words) => {
  const { code, stderr } = await cli(words);
  expect(code).toBe(1);
  expect(stderr).toMatch(/EROFS\nhint: .*mount -o remount,rw.*can be stopped/);
  expect(await stateOf('web')).toBe('running');
});
