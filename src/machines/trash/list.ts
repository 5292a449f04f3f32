/** trash list: what the folder's names tell; of paths before a revert also which ones. */
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import { passOver } from '../failures.ts';
import type { TrashSummary } from '../machines.ts';
import { trashBounds } from './bounds.ts';
import { readTrash, type TrashEntry } from './entries.ts';
import { readKeptPaths } from './kept-paths.ts';

export function trash({ paths }: Domain): readonly TrashSummary[] {
  return readTrash(paths.trash).map((found) =>
    summaryOf(found, () => readKeptPaths(join(paths.trash, found.entry), found.entry).paths),
  );
}

/** `readPaths` is asked of those entries alone that have some; one that is broken is listed all the same. */
export function summaryOf(
  { entry, kind, machine, snapshot, removedAt }: TrashEntry,
  readPaths: () => readonly string[],
): TrashSummary {
  return {
    entry,
    kind,
    machine,
    snapshot: snapshot ?? null,
    paths: kind === 'paths' ? readOrNull(readPaths) : null,
    removedAt: new Date(removedAt).toISOString(),
    keptUntil: new Date(removedAt + trashBounds.maxAgeMs).toISOString(),
  };
}

function readOrNull(readPaths: () => readonly string[]): readonly string[] | null {
  try {
    return readPaths();
  } catch (error) {
    passOver(error);
    return null;
  }
}
