/** A machine that ended by itself comes back by a process that waits in a shell; nobody waits for one that was stopped. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const init = ['/bin/sh', '-c', 'sleep 0.2; exit 3'];

async function create(...settings: readonly string[]): Promise<void> {
  const words = [`init=${JSON.stringify(init)}`, 'restart.policy=on-failure', ...settings];
  await host.done(['create', 'web', '-t', 'busybox', ...words.flatMap((word) => ['--set', word]), '--start']);
}

const info = async () => JSON.parse(await host.done(['info', 'web', '--json'])).machine;

async function types(): Promise<readonly string[]> {
  const lines = (await host.done(['events', '--json'])).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)).map(({ type }) => type);
}

/** Processes that wait for a time, of this file's root folder. */
function waiters(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      return words.includes('tsmachine-later') && words.includes(host.root);
    } catch {
      return false;
    }
  });
}

afterEach(async () => {
  await host.done(['destroy', 'web', '--force', '--now']);
  expect(waiters()).toEqual([]);
});

describe('restart.policy=on-failure', () => {
  it('brings a machine back that failed, later each time, until the limit', async () => {
    await create('restart.delay=100ms', 'restart.limit=2/10m');
    await expect.poll(types).toContain('restart-given-up');
    expect((await types()).filter((type) => type.startsWith('restart') || type === 'started')).toEqual([
      'started',
      'restart-planned',
      'started',
      'restart-planned',
      'started',
      'restart-given-up',
    ]);
    expect(await info()).toMatchObject({
      state: 'stopped',
      restartAt: null,
      lastExit: { reason: 'exited', code: 3 },
      restart: { policy: 'on-failure', restarts: 2, givenUp: true },
    });
  });

  it('is told while it waits, and a stop then leaves it down and nobody waiting', async () => {
    await create('restart.delay=1h', 'restart.max-delay=1h');
    await expect.poll(async () => (await info()).restartAt).not.toBe(null);
    expect(waiters()).toHaveLength(1);
    expect(await host.done(['info', 'web'])).toMatch(/state +stopped, starts again in (59m|1h)/);
    expect(JSON.parse(await host.done(['list', '--json'])).machines[0].restartAt).toMatch(/^20/);
    expect(await host.done(['stop', 'web'])).toMatch(/^web: stopped/);
    expect(waiters()).toEqual([]);
    expect((await info()).restartAt).toBe(null);
  });

  it('leaves one alone that was stopped, and one that is well', async () => {
    await create('restart.delay=1h', 'restart.max-delay=1h');
    await expect.poll(async () => (await info()).restartAt).not.toBe(null);
    await host.done([
      'set',
      'web',
      `init=${JSON.stringify(['/bin/sh', '-c', 'trap "exit 3" USR2; sleep 1000 & wait'])}`,
    ]);
    await host.done(['start', 'web']);
    expect(await info()).toMatchObject({ state: 'running', restartAt: null });
    await host.done(['stop', 'web']);
    expect(await info()).toMatchObject({ state: 'stopped', restartAt: null });
  });
});
