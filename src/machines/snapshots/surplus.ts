/** Which snapshots of a machine go by themselves: expired ones, what is over a number to keep, old automatic ones. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { discardSnapshots } from './remove.ts';
import { readSnapshotIn, readSnapshotNames, type SnapshotRecord } from './snapshot-file.ts';

export const automaticBounds = { maxAgeMs: 7 * 24 * 3600 * 1000, maxCount: 3 } as const;

interface SurplusRule {
  /** At most so many that were asked for; undefined: any number. */
  readonly keep: number | undefined;
  /** Stay whatever they are, and count first. */
  readonly spare: readonly string[];
}

/** For good: who lets them go by a rule wants the space back. Returns their names. The caller holds the machine's lock. */
export async function removeSurplus(
  domain: Domain,
  machine: string,
  rule: SurplusRule,
  work: StorageWork,
): Promise<readonly string[]> {
  const surplus = surplusOf(readableSnapshots(domain, machine), rule, Date.now());
  await discardSnapshots(domain, machine, surplus, 'by-rule', work);
  return surplus;
}

/** One that cannot be read is nobody's to judge: it stays. */
export function readableSnapshots({ paths }: Domain, machine: string): readonly SnapshotRecord[] {
  return readSnapshotNames(paths, machine).flatMap((name) => {
    try {
      return [{ ...readSnapshotIn(paths.snapshot(machine, name), name), name }];
    } catch {
      return [];
    }
  });
}

/** Oldest first. */
export function surplusOf(
  snapshots: readonly SnapshotRecord[],
  { keep = Number.POSITIVE_INFINITY, spare }: SurplusRule,
  now: number,
): readonly string[] {
  const rank = ({ name, createdAt }: SnapshotRecord) =>
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

function isExpired({ expiresAt }: SnapshotRecord, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}
