/** The cells of `snapshots`. Pure. */
import type { SnapshotSummary } from '../../machines/machines.ts';
import type { Cell } from '../table.ts';
import { formatBytes, formatDistance } from '../units.ts';
import { snapshotTree } from './snapshot-tree.ts';

const heads: readonly Cell[] = [
  { text: 'SNAPSHOT' },
  { text: 'TAKEN' },
  { text: 'SIZE', right: true },
  { text: 'EXPIRES' },
  { text: 'COMMENT' },
];

/** `bytes`: by name; what is not in it is not known. */
export function snapshotRows(
  snapshots: readonly SnapshotSummary[],
  bytes: ReadonlyMap<string, number>,
  boxes: boolean,
  now: number,
): { readonly heads: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] } {
  const rows = snapshotTree(snapshots, boxes).map(({ branch, snapshot }) =>
    snapshot === undefined
      ? [{ text: `${branch}you are here`, colour: 'green' as const }]
      : cells(branch, snapshot, bytes.get(snapshot.name), now),
  );
  return { heads, rows };
}

function cells(
  branch: string,
  snapshot: SnapshotSummary,
  bytes: number | undefined,
  now: number,
): readonly Cell[] {
  const { name, automatic, createdAt, expiresAt, comment, problem } = snapshot;
  return [
    { text: branch + name + (automatic ? ' (automatic)' : '') },
    { text: formatDistance(createdAt, now) },
    { text: bytes === undefined ? '-' : formatBytes(bytes), right: true },
    { text: expiresAt === null ? '-' : formatDistance(expiresAt, now) },
    problem === null ? { text: comment ?? '' } : { text: `cannot be restored: ${problem}`, colour: 'red' },
  ];
}
