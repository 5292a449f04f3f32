/** The whole screen as rows of text. Pure. */

import { visible } from '../../presentation/plain-text.ts';
import { planColumns } from '../../presentation/top-screen/columns.ts';
import { detailRows } from '../../presentation/top-screen/details.ts';
import {
  groupRow,
  headRow,
  type ListLook,
  processRow,
  shownName,
} from '../../presentation/top-screen/list-rows.ts';
import { cut, type Theme } from '../../presentation/top-screen/row-text.ts';
import { hasBothBackends, usageColumn, usageColumns } from '../../presentation/usage/usage-columns.ts';
import { hostWords } from '../../presentation/usage/usage-table.ts';
import { keyHelp } from './keys.ts';
import { detailHeight, HEAD_ROWS, listHeight, paceOf, selectedGroup, type TopState } from './state.ts';

/** As many as the screen has. */
export function frame(state: TopState, theme: Theme): readonly string[] {
  const { rows } = state.size;
  const all = state.help ? helpRows(state, theme) : listRows(state, theme);
  return Array.from({ length: rows }, (_, index) => all[index] ?? '');
}

function listRows(state: TopState, theme: Theme): readonly string[] {
  const { columns: width, rows: screenRows } = state.size;
  const plan = planColumns(width, hasBothBackends(state.sample?.groups ?? []), longestName(state));
  const height = listHeight(state.size);
  const { rows } = state;
  const host = state.sample?.host;
  const look: ListLook = {
    plan,
    theme,
    histories: state.histories,
    cores: host?.cores ?? 1,
    tree: state.sort === undefined,
    width,
  };
  const list = rows.slice(state.offset, state.offset + height).map((row) => {
    const text =
      row.kind === 'group'
        ? groupRow(row.group, state.expanded.has(row.id), look)
        : processRow(row.process, look);
    return row.id === state.selected ? selectedRow(text, theme) : `  ${text}`;
  });
  if (list.length === 0) list.push(emptyRow(state));
  const selected = selectedGroup(state);
  const history = selected === undefined ? undefined : state.histories.get(selected.id);
  return [
    titleRow(state, theme),
    headRow(plan, state.sort, theme),
    ...list,
    ...Array.from({ length: Math.max(0, height - list.length) }, () => ''),
    ...detailRows(selected, history, host, { width, theme, height: detailHeight(screenRows) }),
    bottomRow(state, rows.length, theme),
  ].slice(-Math.max(screenRows, HEAD_ROWS + 1));
}

/** Of all rows, so that no column comes and goes while one moves. */
function longestName({ rows, sort }: TopState): number {
  const names = rows.map((row) =>
    row.kind === 'group' ? shownName(row.group, sort === undefined).length : 0,
  );
  return names.reduce((longest, length) => Math.max(longest, length), 0);
}

/** A sign that needs no colour, and reverse video. */
function selectedRow(text: string, theme: Theme): string {
  const mark = theme.unicode ? '▸ ' : '> ';
  return theme.paint(undefined, 'x') === theme.paint('bold', 'x')
    ? mark + text
    : `\x1b[7m${mark}${text}\x1b[27m`;
}

function emptyRow({ sample, filter }: TopState): string {
  if (sample === undefined) return '  ...';
  return filter === '' ? '  no machine runs' : '  no name has that in it (Esc: all)';
}

function titleRow(state: TopState, { paint, unicode }: Theme): string {
  const { sample, scope, sort, paused, focused, size, hostName } = state;
  const order = sort === undefined ? 'a tree' : `by ${sort.down ? '-' : ''}${sort.column}`;
  const pace = paused ? 'PAUSED' : `every ${paceOf(state)} s${focused ? '' : ' (not in focus)'}`;
  // The interval as it was measured changes a little each time; what was asked for is told instead.
  const about = sample === undefined ? '' : `: ${hostWords({ ...sample, seconds: null }, scope)}`;
  return paint('bold', cut(`top on ${visible(hostName)}, ${order}, ${pace}${about}`, size.columns, unicode));
}

function bottomRow(
  { editing, filter, size, offset }: TopState,
  count: number,
  { paint, unicode }: Theme,
): string {
  if (editing) return cut(`/${filter}_  (Enter: keep, Esc: all)`, size.columns, unicode);
  const more =
    count > listHeight(size)
      ? `${offset + 1}-${Math.min(count, offset + listHeight(size))} of ${count}  `
      : '';
  const only = filter === '' ? '' : `only "${filter}"  `;
  return paint(
    'dim',
    cut(
      `${more}${only}Enter processes  < > R sort  / filter  p pause  ? help  q quit`,
      size.columns,
      unicode,
    ),
  );
}

function helpRows({ size }: TopState, { paint, unicode }: Theme): readonly string[] {
  const line = (name: string, meaning: string): string =>
    cut(`  ${name.padEnd(15)} ${meaning}`, size.columns, unicode);
  const columns = usageColumns
    .filter((name) => name !== 'name' && name !== 'state')
    .map((name) => line(usageColumn(name).head, usageColumn(name).meaning));
  return [
    paint('bold', 'Keys (q, ? or Esc leaves this page)'),
    ...keyHelp.map(([keys, meaning]) => line(keys, meaning)),
    paint('bold', 'Columns, as many as there is room for'),
    ...columns,
  ];
}
