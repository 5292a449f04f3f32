/** What limits did to a machine goes into the journal, each thing once. */
import type { LimitHistory, LimitNews } from '../../backends/limit-news.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import type { MachineEvent, MachineEventType } from '../events/events.ts';
import { formatThreshold } from '../keys/event-keys.ts';

/**
 * Never throws: whatever is wrong with it, a machine's end is decided about.
 * @param signalled files that the monitor was signalled by
 */
export async function tellLimitNews(
  domain: Domain,
  { name, config, handle }: StoredMachine,
  signalled: readonly string[] = [],
): Promise<LimitHistory | undefined> {
  try {
    return await domain.backend.takeLimitNews(handle, signalled, (news) => {
      for (const one of news) record(domain, name, typeOf(one), detailsOf(one, config));
    });
  } catch {
    return undefined;
  }
}

function typeOf({ type }: LimitNews): MachineEventType {
  return type;
}

function detailsOf(news: LimitNews, { pressure }: MachineConfig): MachineEvent['details'] {
  switch (news.type) {
    case 'oom-killed':
      return { processes: news.processes, cause: news.cause };
    case 'limit-reached':
      return { limit: news.limit, times: news.times };
    case 'pressure': {
      const threshold = pressure?.[news.resource];
      return {
        resource: news.resource,
        ...(threshold === undefined ? {} : { threshold: formatThreshold(threshold) }),
        stalledMs: Math.round(news.stalledUsec / 1000),
      };
    }
  }
}
