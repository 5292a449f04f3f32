/** The cells of `snapshots`. Pure. */
import type { SnapshotSummary } from '../../machines/machines.ts';
import { snapshotTree } from './snapshot-tree.ts';
import type { Cell } from './table.ts';
import { formatDistance } from './units.ts';

const heads: readonly Cell[] = ['SNAPSHOT', 'TAKEN', 'EXPIRES', 'COMMENT'].map((text) => ({ text }));

export function snapshotRows(
  snapshots: readonly SnapshotSummary[],
  boxes: boolean,
  now: number,
): { readonly heads: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] } {
  const rows = snapshotTree(snapshots, boxes).map(({ branch, snapshot }) =>
    snapshot === undefined
      ? [{ text: `${branch}you are here`, colour: 'green' as const }]
      : cells(branch, snapshot, now),
  );
  return { heads, rows };
}

function cells(branch: string, snapshot: SnapshotSummary, now: number): readonly Cell[] {
  const { name, automatic, createdAt, expiresAt, comment, problem } = snapshot;
  return [
    { text: branch + name + (automatic ? ' (automatic)' : '') },
    { text: formatDistance(createdAt, now) },
    { text: expiresAt === null ? '-' : formatDistance(expiresAt, now) },
    problem === null ? { text: comment ?? '' } : { text: `cannot be restored: ${problem}`, colour: 'red' },
  ];
}
