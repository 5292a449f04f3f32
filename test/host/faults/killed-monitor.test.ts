/** The monitor dies by SIGKILL: the machine dies with it, is not shown as running, and starts again. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, expectUsable, listed, stateOf } from './store-state.ts';

const host = withRoot();

function monitorPidOf(name: string): number {
  const fields = readFileSync(join(host.root, 'run', name, 'state'), 'latin1').split('\0');
  return Number(fields[fields.indexOf('monitor') + 2]);
}

async function untilGone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}/exe`)) await new Promise((resolve) => setTimeout(resolve, 10));
}

afterEach(async () => {
  for (const { name } of await listed(host)) await host.done(['destroy', name, '--force', '--now']);
});

describe('a monitor killed with SIGKILL', () => {
  it('takes its machine with it, and the next start works', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    const init = (await listed(host)).find(({ name }) => name === 'web')?.pid as number;
    process.kill(monitorPidOf('web'), 'SIGKILL');
    await untilGone(init);
    expect(await stateOf(host, 'web')).not.toBe('running');
    await expectUsable(host, 'web');
    expectConsistentStore(host);
  });

  it('while the machine is frozen leaves nothing frozen behind', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    await host.done(['freeze', 'web']);
    process.kill(monitorPidOf('web'), 'SIGKILL');
    await expectUsable(host, 'web');
  });

  it('leaves untold what limits did, and the next start tells it', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--set', 'pids.max=12', '--start']);
    const monitor = monitorPidOf('web');
    const init = (await listed(host)).find(({ name }) => name === 'web')?.pid as number;
    process.kill(monitor, 'SIGSTOP');
    await host.cli([
      'exec',
      'web',
      '--',
      'sh',
      '-c',
      'for i in $(seq 20); do sleep 60 >/dev/null 2>&1 & done',
    ]);
    process.kill(monitor, 'SIGKILL');
    await untilGone(init);
    await host.done(['start', 'web', '--if-needed']);
    const events = (await host.done(['events', 'web', '--json']))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const types = events.map(({ type }) => type);
    const reached = types.indexOf('limit-reached');
    expect(events[reached]).toMatchObject({ details: { limit: 'pids.max' } });
    expect(reached).toBeLessThan(types.lastIndexOf('collected'));
    expect(types.filter((type) => type === 'limit-reached')).toHaveLength(1);
  });

  it('is told in the events and in info', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    const init = (await listed(host)).find(({ name }) => name === 'web')?.pid as number;
    process.kill(monitorPidOf('web'), 'SIGKILL');
    await untilGone(init);
    await host.done(['start', 'web', '--if-needed']);
    expect(await host.done(['logs', 'web'])).toMatch(/its monitor died/);
  });
});

describe('a run directory that lies', () => {
  it('with the pid of a stranger is not taken for a running machine, and the stranger is not touched', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    const path = join(host.root, 'run', 'web', 'state');
    const own = readFileSync(path, 'latin1');
    await host.done(['kill', 'web']);
    const reused = own
      .split('\0')
      .map((field) => (/^\d{3,}$/.test(field) ? String(process.pid) : field))
      .join('\0');
    mkdirSync(join(host.root, 'run', 'web'), { recursive: true, mode: 0o700 });
    writeFileSync(path, reused, 'latin1');
    expect(await stateOf(host, 'web')).not.toBe('running');
    await host.cli(['kill', 'web']);
    await expectUsable(host, 'web');
  });
});
