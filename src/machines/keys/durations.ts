/** Lengths of time as people write them: 90m, 36h, 7d, 2w, 1y. */
import { parse } from '@lukeed/ms';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Longer than any machine lives, and short enough for a date. */
const LONGEST_MS = 100 * 366 * DAY_MS;

const named = new Map([
  ['hourly', 60 * MINUTE_MS],
  ['daily', DAY_MS],
  ['weekly', 7 * DAY_MS],
  ['monthly', 30 * DAY_MS],
]);

/** Milliseconds, or undefined: a number with its unit, from a minute to a hundred years. */
export function parseDuration(text: string): number | undefined {
  const milliseconds = /[a-z]$/i.test(text) ? parse(text) : undefined;
  return milliseconds !== undefined && milliseconds >= MINUTE_MS && milliseconds <= LONGEST_MS
    ? Math.round(milliseconds)
    : undefined;
}

/** As parseDuration, or one of the words hourly, daily, weekly and monthly (30 days). */
export function parsePeriod(text: string): number | undefined {
  return named.get(text) ?? parseDuration(text);
}

export const periodNames: readonly string[] = [...named.keys()];
