/** Which moments the charts show, and at which of them somebody looks. Pure. */
import { formatDuration } from '../../../presentation/units.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import {
  type Measure,
  type Moment,
  momentIndex,
  type Past,
  valueAt,
  wholeSeconds,
} from '../../state/past.ts';
import type { Theme } from '../../theme.ts';

export interface ShownTime {
  readonly past: Past;
  /** Of the moment that is looked at. */
  readonly index: number;
  /** In the present nothing marks it. */
  readonly looksBack: boolean;
}

export function shownTime({ past, lookedAt }: Pick<DashboardState, 'past' | 'lookedAt'>): ShownTime {
  const whole = wholeSeconds(past);
  const index = momentIndex(whole, lookedAt);
  return { past: whole, index, looksBack: index < whole.length - 1 };
}

export interface Columns {
  /** As many as there are columns; undefined: before the first moment. */
  readonly moments: readonly (Moment | undefined)[];
  /** Which of them is looked at. */
  readonly looked: number;
}

/** The last ones, or those from where one has gone back to. */
export function columnsOf({ past, index }: ShownTime, width: number): Columns {
  const begin = Math.max(0, Math.min(past.length - width, index));
  const moments = past.slice(begin, begin + width);
  const pad = width - moments.length;
  return { moments: [...new Array<undefined>(pad).fill(undefined), ...moments], looked: pad + index - begin };
}

export function valuesOf({ moments }: Columns, id: string, measure: Measure): readonly (number | null)[] {
  return moments.map((moment) => (moment === undefined ? null : valueAt(moment, id, measure)));
}

/** At the time that is looked at. */
export function valueNow({ past, index }: ShownTime, id: string, measure: Measure): number | null {
  const moment = past[index];
  return moment === undefined ? null : valueAt(moment, id, measure);
}

export function timeLine({ past, index, looksBack }: ShownTime, theme: Theme): string {
  const [newest, looked] = [past.at(-1), past[index]];
  const keys = theme.unicode ? '←' : 'left';
  if (!looksBack || newest === undefined || looked === undefined) {
    return theme.paint('dim', `now; ${keys} goes back in time`);
  }
  const ago = formatDuration((newest.at - looked.at) / 1000);
  return `${theme.paint('focus', `${ago} before the last`)}${theme.paint('dim', '; End is now')}`;
}

const steps = [5, 10, 15, 30, 60, 120, 300, 600] as const;
/** For a time and the gap behind it, in cells. */
const LABEL = 9;

/** How long before the last, at round times, by column. */
export function timesBelow({ moments }: Columns, past: Past): ReadonlyMap<number, string> {
  const newest = past.at(-1)?.at ?? 0;
  const ages = moments.map((moment) =>
    moment === undefined ? undefined : Math.round((newest - moment.at) / 1000),
  );
  const known = ages.filter((age) => age !== undefined);
  const span = (known[0] ?? 0) - (known.at(-1) ?? 0);
  const each = span / Math.max(1, known.length - 1);
  const step = steps.find((seconds) => seconds >= each * LABEL) ?? 1800;
  const times = new Map<number, string>();
  let last: number | undefined;
  for (const [column, age] of ages.entries()) {
    if (age === undefined) continue;
    const mark = Math.ceil(age / step) * step;
    if (last !== undefined && mark < last) times.set(column, labelOf(last - step));
    else if (last === undefined && mark === age) times.set(column, labelOf(age));
    last = mark;
  }
  return times;
}

function labelOf(age: number): string {
  return age === 0 ? '' : `-${formatDuration(age)}`;
}
