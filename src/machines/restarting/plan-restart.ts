/** What restart.policy says is done: at once by whoever decides about the machine's end, or later by a process that waits. */
import type { AfterExit, ExitRecord } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { formatSpan } from '../values/durations.ts';
import { addPending } from './pending.ts';
import { nextRestart, restartHistory, wantsRestart } from './policy.ts';

/**
 * Takes no lock, as all that is done at a machine's end: a `stop` that waits for it holds it.
 * @param exit undefined: a start that failed
 */
export function planRestart(
  domain: Domain,
  { name, config }: StoredMachine,
  exit: ExitRecord | undefined,
): AfterExit {
  if (config.restart === undefined || !wantsRestart(config, exit)) return 'stay-down';
  const { restarts } = restartHistory(domain, name, config);
  const next = nextRestart(config.restart, restarts);
  if (next.kind === 'given-up') {
    const reason = `it was restarted ${next.restarts} times within ${formatSpan(next.withinMs)}`;
    record(domain, name, 'restart-given-up', { reason });
    return 'stay-down';
  }
  const { delayMs, attempt } = next;
  // A start that has failed is tried again by another process in any case: this one has reported it.
  const atOnce = delayMs === 0 && exit !== undefined;
  try {
    if (!atOnce) addPending(domain, name, delayMs, attempt);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    record(domain, name, 'restart-given-up', { reason });
    return 'stay-down';
  }
  record(domain, name, 'restart-planned', { attempt, inMs: delayMs });
  return atOnce ? 'start-again' : 'stay-down';
}
