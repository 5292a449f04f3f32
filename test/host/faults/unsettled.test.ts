/** A command that was killed, and a recovery that cannot go on: what else works, what is said, and the way out. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { makeDisk } from '../storage/disk.ts';
import { destroyAll, elsewhere } from './elsewhere.ts';
import { expectNothingLeaked, writeIn } from './kept-store.ts';
import { stateOf } from './store-state.ts';

const host = withRoot();
let disk: ReturnType<typeof makeDisk>;
let place: ReturnType<typeof elsewhere>;
beforeEach(async () => {
  disk = makeDisk('ext4', 64);
  place = elsewhere(host, `${disk.folder}/root`);
  await place.done(['create', 'web', '-t', 'busybox']);
  await place.done(['create', 'other', '-t', 'busybox']);
  writeIn(place, 'web', 'root/mark', 'one');
});
afterEach(async () => {
  await destroyAll(place);
  disk.remove();
});

async function killSnapshot(): Promise<void> {
  const killed = await place.cli(['snapshot', 'web', 'first'], { env: { TSMACHINE_CRASH_AT: 'snapshot:3' } });
  expect(killed.killedBy).toBe('SIGKILL');
}

async function expectBlocked(cause: RegExp): Promise<void> {
  for (const args of [
    ['start', 'web'],
    ['snapshot', 'web'],
    ['destroy', 'web', '--force'],
  ]) {
    const { code, stderr } = await place.cli(args);
    expect(code, args.join(' ')).toBe(1);
    expect(stderr).toMatch(/an interrupted snapshot of web cannot be settled/);
    expect(stderr).toMatch(cause);
    expect(stderr).toContain('tsmachine destroy web --now');
  }
  await place.done(['start', 'other']);
  await place.done(['kill', 'other']);
}

it('a damaged note of what was begun: destroy --now ends it, and nothing stays behind', async () => {
  await killSnapshot();
  const path = join(place.root, 'intents', 'web.json');
  const { record: _, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(rest));
  await expectBlocked(/intents\/web\.json is damaged/);
  await place.done(['destroy', 'web', '--now']);
  expect(await stateOf(place, 'web')).toBe('absent');
  await place.done(['create', 'web', '-t', 'busybox']);
  expectNothingLeaked(place);
});

it('an immutable file: the error names it, destroy --now takes the machine away, and the rest goes once it may', async () => {
  await killSnapshot();
  const config = join(place.root, 'machines', 'web', 'config.json');
  execFileSync('chattr', ['+i', config]);
  await expectBlocked(/machines\/web\/config\.json.*EPERM/);
  const { code, stderr } = await place.cli(['destroy', 'web', '--now']);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/config\.json: EPERM[\s\S]*chattr -i/)]);
  expect(await stateOf(place, 'web')).toBe('absent');
  await place.done(['start', 'other']);
  await place.done(['kill', 'other']);
  execFileSync('chattr', ['-R', '-i', join(place.root, 'trash')]);
  await place.done(['trash', 'empty', '--yes']);
  expect(existsSync(join(place.root, 'machines', 'web'))).toBe(false);
  expectNothingLeaked(place);
});
