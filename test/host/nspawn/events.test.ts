/** What systemd and machined tell of machines, whoever does it. */
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { eventsOf } from './events-of.ts';
import { withNspawnHost } from './nspawn-host.ts';
import { withManager } from './with-manager.ts';

const { busyboxImage, debianImage, cleanUp, run, machinectl } = withNspawnHost();
const manager = withManager();

afterEach(cleanUp);

const shortly = (events: readonly { readonly type: string }[]) =>
  events.map((event) => ('name' in event ? `${event.name} ${event.type}` : event.type));

describe('events', () => {
  it('tell of a start, a reboot and an end, each once', async () => {
    await debianImage('large');
    const told = await eventsOf(
      manager,
      async () => {
        await machinectl('start', 'large');
        await machinectl('reboot', 'large');
      },
      ({ type }) => type === 'rebooted',
    );
    expect(shortly(told)).toEqual(['large started', 'large rebooted']);
    const ended = await eventsOf(
      manager,
      // machinectl would ask an init that does not listen yet.
      () => manager.life.signal('large', 'halt'),
      ({ type }) => type === 'stopped',
    );
    expect(shortly(ended)).toEqual(['large stopped']);
  });

  it('tell of a machine that is killed, frozen and thawed', async () => {
    await busyboxImage('small');
    await machinectl('start', 'small');
    const told = await eventsOf(
      manager,
      async () => {
        await run('systemctl', 'freeze', 'systemd-nspawn@small');
        await run('systemctl', 'thaw', 'systemd-nspawn@small');
        await run('systemctl', 'kill', '--signal=SIGKILL', 'systemd-nspawn@small');
      },
      ({ type }) => type === 'stopped',
    );
    expect(shortly(told)).toEqual(['small frozen', 'small unfrozen', 'small stopped']);
  });

  it('tell that images came', async () => {
    const ending = new AbortController();
    let making: Promise<unknown> = Promise.resolve();
    for await (const { type } of manager.events.follow(ending.signal)) {
      if (type === 'following') making = busyboxImage('new');
      if (type === 'images-changed') ending.abort();
    }
    await making;
    expect(ending.signal.aborted).toBe(true);
  });

  it('of the past are those of the journal, and have a reboot as one', async () => {
    await debianImage('past');
    await eventsOf(
      manager,
      async () => {
        await machinectl('start', 'past');
        await machinectl('reboot', 'past');
      },
      ({ type }) => type === 'rebooted',
    );
    await manager.life.kill('past');
    await manager.life.awaitEnd('past', patience.poll);
    await run('journalctl', '--sync');
    const past: { readonly type: string }[] = [];
    for await (const event of manager.events.past({ name: 'past' })) past.push(event);
    expect(shortly(past)).toEqual(['past started', 'past rebooted', 'past stopped']);
  });

  it('go on when machined was killed meanwhile: what it missed is told', async () => {
    await busyboxImage('small');
    await busyboxImage('other');
    await machinectl('start', 'small');
    const told = await eventsOf(
      manager,
      async () => {
        await run('systemctl', 'kill', '--signal=SIGKILL', 'systemd-machined');
        // What reaches it while it dies is answered by the bus, to machinectl too.
        await machinectl('start', 'other').catch(() => machinectl('start', 'other'));
      },
      (event) => 'name' in event && event.name === 'other',
    );
    expect(shortly(told)).toEqual(['other started']);
  });

  it('go on when the bus was restarted, and say so', async () => {
    await busyboxImage('small');
    const told = await eventsOf(
      manager,
      async () => {
        await run('systemctl', 'restart', 'dbus');
        await machinectl('start', 'small');
      },
      ({ type }) => type === 'started',
    );
    expect(shortly(told)).toEqual(['reconnected', 'small started']);
  });
});
