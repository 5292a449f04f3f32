/** Which columns a screen has room for, and where they stand. Pure. */
import { type UsageColumn, usageColumn, usageColumns } from '../usage/usage-columns.ts';

/** The first ones are there on every screen, the last ones on wide ones alone. */
const byImportance: readonly UsageColumn[] = [
  'name',
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
const [SHORTEST_HISTORY, LONGEST_HISTORY] = [10, 60];
const WIDE = 100;

export function planColumns(width: number): ColumnPlan {
  const gap = width >= WIDE ? 2 : 1;
  let left = width - MARK_WIDTH - SHORTEST_NAME;
  const taken = new Set<UsageColumn>();
  for (const name of byImportance.slice(1)) {
    const needed = usageColumn(name).width + gap;
    if (needed > left) break;
    left -= needed;
    taken.add(name);
  }
  const history = taken.size < byImportance.length - 1 || left - gap < SHORTEST_HISTORY ? 0 : left - gap;
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
