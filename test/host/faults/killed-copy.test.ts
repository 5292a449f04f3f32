/** SIGKILL at any moment, also in the middle of a copy: whatever it was, nothing is lost, nothing is left, and it can be done again. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnCli } from '../../setup/run-cli.ts';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from '../storage/disk.ts';
import { destroyAll, elsewhere, namesIn } from './elsewhere.ts';
import { expectNothingLeaked, snapshotsOf, textIn, writeIn } from './kept-store.ts';

const host = withRoot();
const MARK = 'root/mark';
const FILES = 250;
const BYTES = 200_000;

let disk: Disk;
let place: HostRoot;
beforeAll(async () => {
  disk = makeDisk('tmpfs', 1024);
  place = elsewhere(host, `${disk.folder}/root`);
  await place.done(['create', 'web', '-t', 'busybox', '--storage', 'dir']);
  for (let number = 0; number < FILES; number += 1) {
    writeIn(place, 'web', `root/many/${number}`, String(number % 10).repeat(BYTES));
  }
  writeIn(place, 'web', MARK, 'one');
  await place.done(['snapshot', 'web', 'first']);
  writeIn(place, 'web', MARK, 'two');
});
afterAll(async () => {
  await destroyAll(place);
  disk.remove();
});

async function killAfter(milliseconds: number, args: readonly string[]): Promise<void> {
  const child = spawnCli(args, { env: place.env });
  const ended = once(child, 'close');
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await ended;
}

function expectCopy(state: string, mark: string): void {
  expect(textIn(place, state, MARK), state).toBe(mark);
  for (let number = 0; number < FILES; number += 25) {
    expect(textIn(place, state, `root/many/${number}`), state).toBe(String(number % 10).repeat(BYTES));
  }
}

/** Spread over the time that the longest of them takes. */
const moments = Array.from({ length: 10 }, (_, seed) => 40 + ((seed * 7919) % 10) * 20);

it.each(moments)('a snapshot, clone and restore that die after %i ms are done again', async (moment) => {
  for (const args of [
    ['snapshot', 'web', 'second'],
    ['clone', 'web', 'other'],
    ['revert', 'web', '/root/many', '--from', 'web@first'],
    ['restore', 'web', 'first'],
  ]) {
    await killAfter(moment, args);
    const { code, stderr } = await place.cli(args);
    // What was done when it died is there already.
    if (code !== 0)
      expect(stderr).toMatch(/ has a snapshot "second" already|there is a machine "other" already/);
    // A revert that had put all back when it died has nothing to do a second time: then what it left goes with the next command.
    await place.done(['set', 'web', 'cpu.weight=100']);
    expectNothingLeaked(place, args.join(' '));
  }
  for (const [state, mark] of [
    ['web@first', 'one'],
    ['web@second', 'two'],
    ['other', 'two'],
    ['web', 'one'],
  ] as const)
    expectCopy(state, mark);
  expect(snapshotsOf(place, 'web').map((name) => textIn(place, `web@${name}`, MARK))).toContain('two');
  await place.done(['destroy', ...(await namesIn(place)).filter((name) => name !== 'web'), '--now']);
  await place.done([
    'snapshot-remove',
    'web',
    ...snapshotsOf(place, 'web').filter((name) => name !== 'first'),
    '--now',
  ]);
  writeIn(place, 'web', MARK, 'two');
});
