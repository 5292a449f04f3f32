/** Reboots among what the journal tells: as signals tell them (telling.ts), an end and a start in one unit that was never down between. Pure. */
import type { TimedManagerEvent } from '../../manager/events.ts';

/**
 * systemd is about to start the unit again, as it does after a reboot (RestartForceExitStatus=133 of systemd-nspawn@.service), or could not: then
 * whoever starts it next does so anew.
 */
export interface Restarting {
  readonly type: 'restarting' | 'start-failed';
  readonly name: string;
  readonly at: number;
}

export type PastEntry = Extract<TimedManagerEvent, { readonly type: 'started' | 'stopped' }> | Restarting;

/** What is known since a machine's last start. */
interface Since {
  /** Where its end stands among the events. */
  readonly end?: number;
  readonly isRestarting?: boolean;
}

/** @param entries oldest first. An end without the start that was to follow it stays one. */
export function withReboots(entries: readonly PastEntry[]): readonly TimedManagerEvent[] {
  const events: (TimedManagerEvent | undefined)[] = [];
  const machines = new Map<string, Since>();
  for (const entry of entries) {
    const { name, at } = entry;
    const since = machines.get(name) ?? {};
    if (entry.type === 'stopped') {
      machines.set(name, { ...since, end: events.push(entry) - 1 });
    } else if (entry.type === 'started') {
      machines.delete(name);
      if (since.isRestarting === true && since.end !== undefined) events[since.end] = undefined;
      events.push(since.isRestarting === true ? { type: 'rebooted', name, at } : entry);
    } else {
      machines.set(name, { ...since, isRestarting: entry.type === 'restarting' });
    }
  }
  return events.filter((event) => event !== undefined);
}
