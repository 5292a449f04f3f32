/** Which columns a screen has room for, and where they stand. Pure. */
import { type UsageColumn, usageColumn, usageColumns } from '../usage/usage-columns.ts';

/** The first ones are there on every screen, the last ones on wide ones alone. */
const byImportance: readonly UsageColumn[] = [
  'name',
  'backend',
  'cpu',
  'memory',
  'limit',
  'tasks',
  'state',
  'quota',
  'throttled',
  'cpu-pressure',
  'io-pressure',
  'memory-pressure',
  'read',
  'write',
  'cache',
  'swap',
  'rx',
  'tx',
  'refaults',
  'riops',
  'wiops',
];

export interface PlacedColumn {
  readonly name: UsageColumn;
  readonly width: number;
  /** Blanks before it. */
  readonly gap: number;
}

export interface ColumnPlan {
  /** As they stand, the name first. */
  readonly columns: readonly PlacedColumn[];
  /** Width of the line of past processor use behind them; 0: no room. */
  readonly history: number;
}

/** Before the name: what marks the selected row. */
export const MARK_WIDTH = 2;
const [SHORTEST_NAME, LONGEST_NAME] = [12, 40];
/** A name that needs it has so much before the less important columns have any. */
const READABLE_NAME = 20;
/** The last column that a name is cut for. */
const LAST_BEFORE_NAMES = byImportance.indexOf('io-pressure');
const [SHORTEST_HISTORY, LONGEST_HISTORY] = [10, 60];
const WIDE = 100;

/**
 * @param withBackend whether it tells machines apart
 * @param longest cells of the longest name
 */
export function planColumns(width: number, withBackend: boolean, longest: number): ColumnPlan {
  const gap = width >= WIDE ? 2 : 1;
  let left = width - MARK_WIDTH - SHORTEST_NAME;
  const kept = Math.min(READABLE_NAME, Math.max(SHORTEST_NAME, longest)) - SHORTEST_NAME;
  const taken = new Set<UsageColumn>();
  const wanted = byImportance.slice(1).filter((name) => withBackend || name !== 'backend');
  for (const name of wanted) {
    const needed = usageColumn(name).width + gap;
    if (needed > left - (byImportance.indexOf(name) > LAST_BEFORE_NAMES ? kept : 0)) break;
    left -= needed;
    taken.add(name);
  }
  const history = taken.size < wanted.length || left - gap < SHORTEST_HISTORY ? 0 : left - gap;
  const forName =
    history === 0 ? left : Math.max(0, Math.min(LONGEST_NAME - SHORTEST_NAME, history - SHORTEST_HISTORY));
  const nameWidth = Math.max(1, Math.min(LONGEST_NAME, SHORTEST_NAME + forName, width - MARK_WIDTH));
  return {
    columns: [
      { name: 'name', width: nameWidth, gap: 0 },
      ...usageColumns
        .filter((name) => taken.has(name))
        .map((name) => ({ name, width: usageColumn(name).width, gap })),
    ],
    history: history === 0 ? 0 : Math.min(LONGEST_HISTORY, history - (nameWidth - SHORTEST_NAME)),
  };
}
