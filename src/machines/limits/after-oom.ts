/** on-oom=restart: when a machine may start again, and when that has been enough. */
import type { ExitRecord } from '../../backends/backend.ts';
import type { LimitHistory } from '../../backends/limit-news.ts';
import { type Domain, record } from '../domain.ts';

/**
 * The kernel does not say whom it killed. Init's death by SIGKILL at most so long after a kill was told was one, or came of it;
 * so was one before it, since the end itself has all that is untold told.
 */
const OOM_DEATH_MS = 10_000;

/** A machine that runs out of memory as soon as it has started must not do so for ever. */
const MOST_RESTARTS = 3;
const RESTARTS_WITHIN_MS = 10 * 60_000;

const SIGKILL = 9;

export function wasKilledByOom(exit: ExitRecord | undefined, history: LimitHistory | undefined): boolean {
  return (
    exit?.reason === 'signaled' &&
    exit.signal === SIGKILL &&
    history?.oomAt !== undefined &&
    exit.endedAt - history.oomAt < OOM_DEATH_MS
  );
}

/** Tells the journal which: it is also what remembers. */
export function mayRestart(domain: Domain, name: string): boolean {
  const begin = Date.now() - RESTARTS_WITHIN_MS;
  let restarts = 0;
  for (const { name: whose, type, details, time } of domain.journal.read()) {
    const counts = whose === name && type === 'oom-action' && details['action'] === 'restart';
    if (counts && details['refused'] === undefined && Date.parse(time) > begin) restarts += 1;
  }
  if (restarts < MOST_RESTARTS) {
    record(domain, name, 'oom-action', { action: 'restart' });
    return true;
  }
  record(domain, name, 'oom-action', {
    action: 'restart',
    refused: `it was restarted ${MOST_RESTARTS} times within ${RESTARTS_WITHIN_MS / 60_000} minutes`,
  });
  return false;
}
