/** Snapshots of a machine that go by themselves (surplus-rule.ts). */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { readSnapshotIn, readSnapshotNames, readSnapshotText, type SnapshotRecord } from './snapshot-file.ts';
import { type SurplusRule, surplusOf } from './surplus-rule.ts';

/** For good: who lets them go by a rule wants the space back. Returns their names. The caller holds the machine's lock. */
export async function removeSurplus(
  domain: Domain,
  machine: string,
  rule: SurplusRule,
  work: StorageWork,
): Promise<readonly string[]> {
  if (rule.keep === undefined && !mayAnyGo(domain, machine)) return [];
  const surplus = surplusOf(readableSnapshots(domain, machine), rule, Date.now());
  if (surplus.length === 0) return [];
  const { discardSnapshots } = await import('./remove.ts');
  await discardSnapshots(domain, machine, surplus, 'by-rule', work);
  return surplus;
}

/** Each snapshot asks, and most machines have none that goes by itself. */
function mayAnyGo({ paths }: Domain, machine: string): boolean {
  return readSnapshotNames(paths, machine).some((name) => mayGo(paths.snapshot(machine, name)));
}

/** A look at the text rules most of them out: whatever goes by itself has a moment for it, automatic ones too. */
function mayGo(directory: string): boolean {
  try {
    return /"expiresAt"/.test(readSnapshotText(directory));
  } catch {
    return true;
  }
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
