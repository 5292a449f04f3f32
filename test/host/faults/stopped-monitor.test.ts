/** A monitor that somebody stopped (SIGSTOP) answers nobody: commands that need it let it go on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';

const host = withRoot();

async function withStoppedMonitor(): Promise<void> {
  await host.done(['create', 'web', '-t', 'busybox', '--start']);
  // Its init takes signals from when it has opened the console on.
  await expect.poll(() => host.done(['console', 'web', '--log'])).toMatch(/login|#/);
  const fields = readFileSync(join(host.root, 'run', 'web', 'state'), 'latin1').split('\0');
  process.kill(Number(fields[fields.indexOf('monitor') + 2]), 'SIGSTOP');
}

const lastExit = async () => JSON.parse(await host.done(['info', 'web', '--json'])).machine.lastExit;

afterEach(() => host.done(['destroy', 'web', '--force', '--now']));

describe('a machine whose monitor is stopped', () => {
  it('is halted by stop, not killed', async () => {
    await withStoppedMonitor();
    await host.done(['stop', 'web']);
    expect(await lastExit()).toMatchObject({ reason: 'halt' });
  });

  it('is killed by kill', async () => {
    await withStoppedMonitor();
    await host.done(['kill', 'web']);
    expect(await lastExit()).toMatchObject({ reason: 'signaled', signal: 9 });
  });
});
