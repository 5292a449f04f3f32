/** When a schedule calls for a snapshot, and what for. Pure. */
import type { MachineConfig } from '../config/config-schema.ts';
import type { DueSnapshot } from '../machines.ts';
import { parseDuration, parsePeriod } from '../values/durations.ts';
import type { SnapshotOrder } from './take.ts';

/** A timer that comes some seconds early must not make it the next time: this part of the period does not count. */
const SLACK = 0.05;

type Rules = MachineConfig['snapshots'];

/** `now`: milliseconds since the epoch. */
export function isDueBy(
  rules: Rules,
  snapshots: readonly { readonly createdAt: string; readonly scheduled?: boolean | undefined }[],
  now: number,
): boolean {
  const period = rules?.schedule === undefined ? undefined : parsePeriod(rules.schedule);
  if (period === undefined) return false;
  const times = snapshots
    .filter(({ scheduled }) => scheduled === true)
    .map(({ createdAt }) => Date.parse(createdAt))
    // One of the future was taken while the clock was wrong: the schedule does not wait until then.
    .filter((time) => time <= now);
  return now - Math.max(0, ...times) >= period * (1 - SLACK);
}

export function dueOrder(rules: Rules): SnapshotOrder {
  const expiresAfterMs = rules?.expiry === undefined ? undefined : parseDuration(rules.expiry);
  return { snapshot: undefined, comment: undefined, expiresAfterMs, scheduled: true };
}

/** What is said when it is broken off while `name` is looked after. */
export function stateWords(name: string, done: readonly DueSnapshot[]): string {
  const taken = done.filter(({ taken }) => taken !== null).map(({ machine, taken }) => `${machine}@${taken}`);
  const rest = `${name} and the machines after it in the list are left`;
  return taken.length === 0 ? rest : `taken until then: ${taken.join(', ')}; ${rest}`;
}
