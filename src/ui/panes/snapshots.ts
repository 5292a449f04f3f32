/** Its snapshots as a tree: what can be gone back to. */
import type { SnapshotSummary } from '../../machines/machines.ts';
import { snapshotTree, type TreeRow } from '../../presentation/lists/snapshot-tree.ts';
import { visible } from '../../presentation/plain-text.ts';
import { formatBytes, formatDistance } from '../../presentation/units.ts';
import { fitLeft } from '../row-text.ts';
import type { Theme } from '../theme.ts';
import { definePane, type PaneLine } from './pane.ts';

interface Snapshots {
  readonly snapshots: readonly SnapshotSummary[];
  readonly bytes: ReadonlyMap<string, number>;
}

const NAME_WIDTH = 30;

export const snapshots = definePane<Snapshots>({
  tab: 'snapshots',
  title: 'Snapshots',
  place: 'snapshots',
  choosable: true,
  load: async (machines, name) => {
    const [list, bytes] = await Promise.all([machines.snapshots(name), machines.snapshotBytes(name)]);
    return { snapshots: list, bytes };
  },
  lines: ({ value: { snapshots: list, bytes }, theme, now }) => {
    if (list.length === 0) return [{ text: theme.paint('dim', 'no snapshot yet: S takes one') }];
    return snapshotTree(list, theme.unicode).map((row) => line(row, bytes, theme, now));
  },
});

function line(
  { branch, snapshot }: TreeRow,
  bytes: ReadonlyMap<string, number>,
  theme: Theme,
  now: number,
): PaneLine {
  if (snapshot === undefined) return { text: `${branch}${theme.paint('dim', '(the present)')}` };
  const size = bytes.get(snapshot.name);
  const name = fitLeft(branch + visible(snapshot.name), NAME_WIDTH, theme.glyphs.cut);
  const about = [
    size === undefined ? '' : formatBytes(size),
    formatDistance(snapshot.createdAt, now),
    snapshot.automatic ? 'automatic' : '',
    visible(snapshot.comment ?? ''),
    snapshot.problem === null ? '' : theme.paint('danger', visible(snapshot.problem)),
  ].filter(Boolean);
  return { id: snapshot.name, text: `${name}  ${about.join('  ')}` };
}
