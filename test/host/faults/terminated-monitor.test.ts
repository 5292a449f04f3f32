/** SIGTERM to a monitor, as at the shutdown of a host: its machine is stopped as a person would stop it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { withRoot } from '../../setup/with-root.ts';
import { listed, stateOf } from './store-state.ts';

const host = withRoot();

interface Pids {
  readonly monitor: number;
  readonly init: number;
}

async function booted(): Promise<Pids> {
  await host.done(['create', 'web', '-t', 'busybox', '--start']);
  // Its init takes signals from when it has opened the console on.
  await expect.poll(() => host.done(['console', 'web', '--log'])).toMatch(/login|#/);
  const fields = readFileSync(join(host.root, 'run', 'web', 'state'), 'latin1').split('\0');
  const after = (name: string) => Number(fields[fields.indexOf(name) + 2]);
  return { monitor: after('monitor'), init: after('init') };
}

const typesOfEvents = async () =>
  (await host.done(['events', 'web', '--json']))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);

const lastExit = async () => JSON.parse(await host.done(['info', 'web', '--json'])).machine.lastExit;

afterEach(async () => {
  for (const { name } of await listed(host)) await host.done(['destroy', name, '--force', '--now']);
});

describe('a monitor that gets SIGTERM', () => {
  it('has its machine halted by its init', async () => {
    const { monitor } = await booted();
    process.kill(monitor, 'SIGTERM');
    await host.done(['wait', 'web', '--state', 'stopped', '--timeout', `${patience.poll / 1000}`]);
    expect(await lastExit()).toMatchObject({ reason: 'halt' });
    expect((await typesOfEvents()).slice(-2)).toEqual(['stopping', 'stopped']);
  });

  it('does not start it again if its init, which got the signal as well, reboots', async () => {
    const { monitor, init } = await booted();
    process.kill(monitor, 'SIGTERM');
    // busybox takes it for the wish to reboot.
    process.kill(init, 'SIGTERM');
    await host.done(['wait', 'web', '--state', 'stopped', '--timeout', `${patience.poll / 1000}`]);
    await expect.poll(typesOfEvents).toContain('stopped');
    expect(await typesOfEvents()).not.toContain('rebooted');
    expect(await stateOf(host, 'web')).toBe('stopped');
  });

  it('kills it at the second', async () => {
    const { monitor } = await booted();
    process.kill(monitor, 'SIGTERM');
    await expect.poll(typesOfEvents).toContain('stopping');
    process.kill(monitor, 'SIGTERM');
    await host.done(['wait', 'web', '--state', 'stopped', '--timeout', `${patience.poll / 1000}`]);
    expect(await lastExit()).toMatchObject({ reason: 'signaled', signal: 9 });
  });
});
