/** What does not stop is named before it is killed: by its own name, as hostile as it likes. */
import { expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();

/** Init ignores whatever it is sent, and calls itself what a terminal would obey. */
const init = [
  '/bin/sh',
  '-c',
  'trap "" PWR USR2 TERM; printf "\\033[2J\\nx" > /proc/self/comm; sleep 1000 & while :; do wait; done',
];

it('tells who refused to stop, in what state, and what it waits for', async () => {
  await host.done(['create', 'web', '-t', 'busybox', '--set', `init=${JSON.stringify(init)}`, '--start']);
  const { stdout } = await host.cli(['stop', 'web', '--timeout', '0.3', '--json']);
  const [{ clean, exit, refused }] = JSON.parse(stdout).results;
  expect({ clean, exit }).toMatchObject({ clean: false, exit: { reason: 'signaled', signal: 9 } });
  expect(refused.total).toBe(2);
  expect(refused.processes).toMatchObject([
    { insidePid: 1, name: '\x1b[2J\nx', state: 'sleeping' },
    { name: 'sleep', state: 'sleeping' },
  ]);
  expect(refused.processes[1].waitChannel).toMatch(/nanosleep/);
  const events = await host.done(['events', '--json']);
  const killed = events.split('\n').find((line) => line.includes('"killed"')) ?? '';
  expect(JSON.parse(killed).details).toMatchObject({
    left: 2,
    refused: expect.stringContaining('sleep (pid'),
  });
  const logs = await host.done(['logs', 'web']);
  expect(logs).toMatch(/killed: it did not stop in time; 2 processes were still there: \?\[2J\?x \(pid 1/);
});
