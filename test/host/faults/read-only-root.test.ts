/** A root folder whose file system became read-only, as ext4 does after an error of its disk: what runs can be stopped. */
import { execFileSync } from 'node:child_process';
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

beforeEach(async () => {
  await done(['create', 'web', '-t', 'busybox', '--start']);
  mount('--bind', root);
  isMounted = true;
  mount('-o', 'remount,bind,ro');
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
