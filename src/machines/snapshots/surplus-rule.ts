/** Which snapshots of a machine go by themselves: expired ones, what is over a number to keep, old automatic ones. Pure. */
import { MachineError } from '../errors.ts';

export const automaticBounds = { maxAgeMs: 7 * 24 * 3600 * 1000, maxCount: 3 } as const;

export interface SurplusRule {
  /** At most so many that were asked for; undefined: any number. */
  readonly keep: number | undefined;
  /** Stay whatever they are, and count first. */
  readonly spare: readonly string[];
}

/** What it is judged by. Moments are ISO 8601. */
export interface JudgedSnapshot {
  readonly name: string;
  readonly createdAt: string;
  readonly automatic: boolean;
  readonly expiresAt?: string | undefined;
}

/** Throws `usage`. */
export function checkKeep(keep: number | undefined): void {
  if (keep !== undefined && !(Number.isSafeInteger(keep) && keep >= 1)) {
    throw new MachineError('usage', `${keep} is not a number of snapshots to keep`, {
      hint: 'a whole number, at least 1: the new one counts too',
    });
  }
}

/** Oldest first. */
export function surplusOf(
  snapshots: readonly JudgedSnapshot[],
  { keep = Number.POSITIVE_INFINITY, spare }: SurplusRule,
  now: number,
): readonly string[] {
  const rank = ({ name, createdAt }: JudgedSnapshot) =>
    spare.includes(name) ? Number.POSITIVE_INFINITY : Date.parse(createdAt);
  const live = snapshots.filter((snapshot) => spare.includes(snapshot.name) || !isExpired(snapshot, now));
  const newest = [...live].sort((a, b) => Number(rank(b) > rank(a)) - Number(rank(b) < rank(a)));
  const stay = [
    ...newest.filter(({ automatic }) => !automatic).slice(0, keep),
    ...newest.filter(({ automatic }) => automatic).slice(0, automaticBounds.maxCount),
  ];
  return snapshots
    .filter((snapshot) => !stay.includes(snapshot) && !spare.includes(snapshot.name))
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    .map(({ name }) => name);
}

function isExpired({ expiresAt }: JudgedSnapshot, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}
