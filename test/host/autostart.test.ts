/** Real machines in their order; what the journal says is when it was done. */
import { expect, it } from 'vitest';
import { patience } from '../../scripts/test-patience.mjs';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();

async function eventsOf(...wanted: readonly string[]): Promise<readonly string[]> {
  const lines = (await host.done(['events', '--json'])).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ name, type }) => (wanted.includes(type) ? [`${type} ${name}`] : []));
}

it('machines start by priority, and stop the other way round, each when those before it are down', async () => {
  const on = ['--set', 'autostart=yes', '--set'];
  await host.done(['create', 'web', '-t', 'busybox', ...on, 'autostart.priority=-1']);
  await host.done(['create', 'db', '-t', 'busybox', ...on, 'autostart.priority=10']);
  await host.done(['create', 'idle', '-t', 'busybox']);
  expect(await host.done(['autostart'])).toBe('db: started\nweb: started\n');
  expect(await host.done(['autostart'])).toBe('');
  await host.done(['autostart', '--shutdown', '--timeout', `${patience.poll / 1000}`]);
  expect(await eventsOf('started', 'stopping', 'stopped')).toEqual([
    'started db',
    'started web',
    'stopping web',
    'stopped web',
    'stopping db',
    'stopped db',
  ]);
});
