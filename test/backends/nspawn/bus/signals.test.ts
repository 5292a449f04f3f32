import dbus from 'dbus-next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bus, createBus } from '../../../../src/backends/nspawn/bus/bus.ts';
import type { SignalMatch } from '../../../../src/backends/nspawn/bus/calls.ts';
import { type Followed, followSignals } from '../../../../src/backends/nspawn/bus/follow.ts';
import { openPrivateBus, type PrivateBus } from '../../../fakes/private-bus.ts';

const MACHINE1 = 'org.freedesktop.machine1';
const told: SignalMatch = { sender: MACHINE1, interface: 'org.tsmachine.Test' };

let real: PrivateBus;
let bus: Bus;

beforeEach(async () => {
  real = await openPrivateBus([MACHINE1]);
  bus = createBus({ socket: () => real.socket });
});

afterEach(async () => {
  bus.close();
  await real.remove();
});

async function tell(member: string, ...words: readonly string[]): Promise<void> {
  await bus.call({
    destination: MACHINE1,
    path: '/x',
    interface: 'a.b',
    member: 'Tell',
    signature: 'sas',
    arguments: [member, words],
  });
}

const membersOf = (followed: readonly Followed[]) =>
  followed.map((one) => (typeof one === 'string' ? one : one.member));

describe('a subscription', () => {
  it('gives the signals that it asked for, in order, from when it was made', async () => {
    const stream = await bus.subscribe([{ ...told, member: 'Wanted' }]);
    await tell('Wanted', 'a');
    await tell('Other', 'b');
    await tell('Wanted', 'c');
    const got: unknown[] = [];
    for await (const { body } of stream) {
      got.push(body);
      if (got.length === 2) break;
    }
    expect(got).toEqual([[['a']], [['c']]]);
  });

  it('takes no signal of somebody else, even if it is sent to us alone', async () => {
    const stream = await bus.subscribe([told]);
    const [ours] = (await bus.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'ListNames',
    })) as [string[]];
    const liar = dbus.sessionBus({ busAddress: `unix:path=${real.socket}` });
    for (const destination of ours.filter((name) => name.startsWith(':'))) {
      const lie = dbus.Message.newSignal('/x', 'org.tsmachine.Test', 'Wanted', 's', ['a lie']);
      liar.send(Object.assign(lie, { destination }));
    }
    await tell('Wanted', 'true');
    for await (const { body } of stream) {
      expect(body).toEqual([['true']]);
      break;
    }
    liar.disconnect();
  });

  it('ends with an error when the bus is lost', async () => {
    const stream = await bus.subscribe([told]);
    const reading = (async () => {
      for await (const _ of stream);
    })();
    reading.catch(() => {});
    await real.stop();
    await expect(reading).rejects.toMatchObject({ code: 'failed' });
  });

  it('ends when it is closed', async () => {
    const stream = await bus.subscribe([told]);
    const reading = (async () => {
      for await (const _ of stream);
      return 'over';
    })();
    stream.close();
    expect(await reading).toBe('over');
  });
});

describe('following', () => {
  it('goes on when the bus comes back, and says that something may be missing', async () => {
    const controller = new AbortController();
    const followed: Followed[] = [];
    const subscriptions: number[] = [];
    const request = {
      bus,
      wanted: [told],
      signal: controller.signal,
      subscribed: async () => {
        subscriptions.push(1);
      },
    };
    for await (const one of followSignals(request)) {
      followed.push(one);
      if (one === 'begun') await tell('First');
      if (followed.length === 2) {
        await real.stop();
        await real.start();
      }
      if (one === 'reconnected') await tell('Second');
      if (followed.length === 4) controller.abort();
    }
    expect(membersOf(followed)).toEqual(['begun', 'First', 'reconnected', 'Second']);
    expect(subscriptions).toHaveLength(2);
  });

  it('ends while the bus is away', async () => {
    const controller = new AbortController();
    const request = { bus, wanted: [told], signal: controller.signal };
    const reading = (async () => {
      for await (const _ of followSignals(request));
      return 'over';
    })();
    await tell('Anything');
    await real.stop();
    controller.abort();
    expect(await reading).toBe('over');
  });
});
