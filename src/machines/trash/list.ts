/** trash list: what the folder's names tell, nothing is opened. */
import type { Domain } from '../domain.ts';
import type { TrashSummary } from '../machines.ts';
import { trashBounds } from './bounds.ts';
import { readTrash, type TrashEntry } from './entries.ts';

export function trash({ paths }: Domain): readonly TrashSummary[] {
  return readTrash(paths.trash).map(summaryOf);
}

export function summaryOf({ entry, kind, machine, snapshot, removedAt }: TrashEntry): TrashSummary {
  return {
    entry,
    kind,
    machine,
    snapshot: snapshot ?? null,
    removedAt: new Date(removedAt).toISOString(),
    keptUntil: new Date(removedAt + trashBounds.maxAgeMs).toISOString(),
  };
}
