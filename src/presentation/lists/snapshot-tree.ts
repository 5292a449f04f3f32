/**
 * Snapshots as a tree that stays narrow: what goes on from a snapshot stands below it in the same column, and only a side
 * branch is indented. The column is that of the present state, at whose end it stands. Pure.
 *
 *     ┬ fresh
 *     ├─┬ trial-1
 *     │ └ trial-2
 *     ├ upgraded
 *     └ (the present)
 */
import type { SnapshotSummary } from '../../machines/machines.ts';

export interface TreeRow {
  /** What stands before the name. */
  readonly branch: string;
  /** Undefined: the machine's present state. */
  readonly snapshot: SnapshotSummary | undefined;
}

interface Node {
  readonly snapshot: SnapshotSummary | undefined;
  readonly parent: Node | undefined;
  readonly children: Node[];
}

interface Glyphs {
  readonly first: string;
  readonly middle: string;
  readonly last: string;
  readonly only: string;
  readonly side: string;
  readonly past: string;
}

const boxes: Glyphs = { first: '┬ ', middle: '├ ', last: '└ ', only: '─ ', side: '├─', past: '│ ' };
const ascii: Glyphs = { first: '* ', middle: '* ', last: '* ', only: '* ', side: '|-', past: '| ' };

/** `snapshots`: oldest first. */
export function snapshotTree(snapshots: readonly SnapshotSummary[], withBoxes: boolean): readonly TreeRow[] {
  const { roots, present } = plant(snapshots);
  const trunk = new Set<Node>();
  for (let node: Node | undefined = present; node !== undefined; node = node.parent) trunk.add(node);
  const glyphs = withBoxes ? boxes : ascii;
  return roots.flatMap((root) => [...column(root, { opening: '', past: '' }, trunk, glyphs)]);
}

/** A parent is older than its child: a name may have been given again, to what goes on from its first owner. */
function plant(snapshots: readonly SnapshotSummary[]): { roots: readonly Node[]; present: Node } {
  const roots: Node[] = [];
  const nodes = new Map<string, Node>();
  const grow = (snapshot: SnapshotSummary | undefined, on: string | null | undefined): Node => {
    const parent = nodes.get(on ?? '');
    const node: Node = { snapshot, parent, children: [] };
    (parent?.children ?? roots).push(node);
    return node;
  };
  for (const snapshot of snapshots) nodes.set(snapshot.name, grow(snapshot, snapshot.parent));
  const present = grow(undefined, snapshots.find(({ current }) => current)?.name);
  return { roots, present };
}

interface Lead {
  /** Before the first row. */
  readonly opening: string;
  /** Before all others. */
  readonly past: string;
}

function* column(first: Node, lead: Lead, trunk: ReadonlySet<Node>, glyphs: Glyphs): Generator<TreeRow> {
  for (let node: Node | undefined = first; node !== undefined; ) {
    const next: Node | undefined = node.children.find((child) => trunk.has(child)) ?? node.children.at(-1);
    const { snapshot } = node;
    if (node === first) {
      yield { branch: lead.opening + (next === undefined ? glyphs.only : glyphs.first), snapshot };
    } else {
      yield { branch: lead.past + (next === undefined ? glyphs.last : glyphs.middle), snapshot };
    }
    const side: Lead = { opening: lead.past + glyphs.side, past: lead.past + glyphs.past };
    for (const child of node.children) if (child !== next) yield* column(child, side, trunk, glyphs);
    node = next;
  }
}
