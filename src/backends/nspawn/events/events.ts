/** What happens to machines: signals of machined and systemd, and the folder of the images. */
import type { ManagerEvents, TimedManagerEvent } from '../../manager/events.ts';
import type { ManagedViews } from '../../manager/views.ts';
import { type Followed, followSignals } from '../bus/follow.ts';
import { changesOf } from '../bus/owners.ts';
import { createQueue, type Queue } from '../bus/queue.ts';
import type { NspawnContext } from '../context.ts';
import { MACHINE1, machineSignals } from '../machine1.ts';
import { anyUnitChanges, SYSTEMD1 } from '../systemd1.ts';
import { watchImages } from './image-changes.ts';
import { pastEvents } from './past.ts';
import { createTelling, type News } from './telling.ts';

const unitChanges = { ...anyUnitChanges, arg0: `${SYSTEMD1}.Unit` };

export function createEvents(context: NspawnContext, views: ManagedViews): ManagerEvents {
  return {
    follow: (signal) => follow(context, views, signal),
    past: pastEvents,
  };
}

async function* follow(
  context: NspawnContext,
  views: ManagedViews,
  signal: AbortSignal,
): AsyncGenerator<TimedManagerEvent> {
  const { bus, systemd1 } = context;
  const news = createQueue<News>(() => {});
  const telling = createTelling(context, views, news.put);
  const images = watchImages(() => news.put('images-changed'));
  const ending = new AbortController();
  const signals = followSignals({
    bus,
    wanted: [machineSignals, changesOf(MACHINE1), unitChanges],
    signal: AbortSignal.any([signal, ending.signal]),
    subscribed: () => systemd1.subscribe(),
  });
  const pumping = pump(signals, news);
  try {
    for await (const one of news.stream) {
      for (const event of await telling.eventsOf(one)) yield { ...event, at: Date.now() };
    }
  } finally {
    images.close();
    telling.close();
    ending.abort();
    await pumping;
  }
}

async function pump(from: AsyncIterable<Followed>, to: Queue<News>): Promise<void> {
  try {
    for await (const one of from) to.put(one);
    to.stream.close();
  } catch (error) {
    to.fail(error);
  }
}
