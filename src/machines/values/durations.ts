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

/** Milliseconds, or undefined: as `500ms`, `10s`, `5m`, `1h`; a bare number is seconds. From 0 on. */
export function parseSpan(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const milliseconds = Math.round(Number(number) * spanUnits[unit as keyof typeof spanUnits]);
  return milliseconds <= LONGEST_MS ? milliseconds : undefined;
}

const spanUnits = { d: DAY_MS, h: 60 * MINUTE_MS, m: MINUTE_MS, s: 1000, ms: 1 } as const;

/** What parseSpan reads, in the largest unit that divides it. */
export function formatSpan(milliseconds: number): string {
  const [unit = 'ms', size = 1] =
    Object.entries(spanUnits).find(([, each]) => milliseconds > 0 && milliseconds % each === 0) ?? [];
  return milliseconds === 0 ? '0s' : `${milliseconds / size}${unit}`;
}

export const periodNames: readonly string[] = [...named.keys()];
