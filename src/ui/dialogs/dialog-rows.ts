/** What a dialog shows: rows of a box, and where it lies. Pure. */
import { visible } from '../../presentation/plain-text.ts';
import { commandLine } from '../deeds/deed.ts';
import { commandOfAll } from '../deeds/summary.ts';
import type { Area } from '../layout.ts';
import { boxed } from '../panes/boxed.ts';
import { wrapWords } from '../row-text.ts';
import { columnMeanings, columnNames } from '../state/columns.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { createTheme, type Theme } from '../theme.ts';
import { type Content, WIDEST } from './content.ts';
import type { ColumnChooser, Confirmation, Dialog } from './dialog.ts';
import { formContent } from './form-rows.ts';
import { helpLines } from './help-lines.ts';
import { paletteContent } from './palette-rows.ts';
import { recordingLines } from './recordings.ts';

export interface DialogRows extends Area {
  readonly rows: readonly string[];
}

export function dialogRows(state: DashboardState, theme: Theme): DialogRows | undefined {
  const dialog = state.dialogs.at(-1);
  if (dialog === undefined || dialog.kind === 'filter') return undefined;
  const content = contentOf(state, dialog, theme, roomIn(state));
  const { columns, rows: high } = state.size;
  const width = Math.min(columns, content.width);
  const height = Math.min(content.lines.length, linesIn(state)) + BORDERS;
  const top = Math.max(0, Math.min(content.top ?? 0, content.lines.length - (height - BORDERS)));
  const box = {
    width,
    height,
    title: content.title,
    focused: true,
    foot: content.foot,
    ...(content.danger ? { role: 'danger' as const } : {}),
  };
  return {
    column: Math.max(0, Math.floor((columns - width) / 2)),
    row: Math.max(TITLE_ROWS, Math.floor((high - height) / 3)),
    width,
    height,
    rows: boxed(
      content.lines.slice(top).map((line) => ` ${line}`),
      box,
      theme,
    ),
  };
}

/** The first line of the last page: nobody scrolls further. */
export function lastTop(state: DashboardState): number {
  const dialog = state.dialogs.at(-1);
  if (dialog === undefined || dialog.kind === 'filter') return 0;
  return Math.max(0, contentOf(state, dialog, plain, roomIn(state)).lines.length - linesIn(state));
}

/** For counting lines, colours do not matter. */
const plain = createTheme('none', { unicode: true });
const BORDERS = 2;
/** Which host it is stays to be seen, whatever is asked. */
const TITLE_ROWS = 1;

/** Cells for text. */
function roomIn({ size }: DashboardState): number {
  return Math.max(10, Math.min(size.columns, WIDEST) - 4);
}

/** Lines of text that there is room for. */
function linesIn({ size }: DashboardState): number {
  return Math.max(1, size.rows - TITLE_ROWS - BORDERS);
}

/** The dialog of this kind. */
type Of<Kind extends Dialog['kind']> = Extract<Dialog, { kind: Kind }>;

function contentOf(
  state: DashboardState,
  dialog: Exclude<Dialog, { kind: 'filter' }>,
  theme: Theme,
  room: number,
): Content {
  switch (dialog.kind) {
    case 'confirm':
      return confirmation(dialog, theme, { room, height: linesIn(state) });
    case 'form':
      return formContent(dialog, state, theme, room);
    case 'palette':
      return paletteContent(dialog, state, theme, room);
    case 'problems':
      return problemList(dialog, theme, room);
    case 'recordings':
      return recordingChooser(dialog, state, theme, room);
    case 'columns':
      return columnChooser(dialog, state, theme);
    case 'text':
      return diffText(dialog, state, theme);
    case 'help':
      return helpText(dialog, state, theme, room);
  }
}

function problemList({ problems, top }: Of<'problems'>, theme: Theme, room: number): Content {
  return {
    title: theme.paint('danger', 'This failed'),
    lines: problems.flatMap(({ words, lines }) => [
      theme.paint('dim', visible(commandLine(words))),
      ...lines.flatMap((line) => wrapWords(line, room, '  ')),
      '',
    ]),
    foot: 'Esc closes',
    danger: true,
    width: WIDEST,
    top,
  };
}

function recordingChooser(
  dialog: Of<'recordings'>,
  { leader, size }: DashboardState,
  theme: Theme,
  width: number,
): Content {
  return {
    title: 'Recordings',
    lines: recordingLines(dialog, theme, leader, { width, height: Math.max(3, size.rows - 8) }),
    foot: dialog.files.length === 0 ? 'Esc closes' : 'Enter plays it  Esc closes',
    width: WIDEST,
  };
}

function diffText({ title, lines, top }: Of<'text'>, { size }: DashboardState, theme: Theme): Content {
  return {
    title: visible(title),
    lines: lines.map((line) => diffLine(line, theme)),
    foot: 'Esc closes  j k scroll',
    width: Math.max(WIDEST, size.columns - 8),
    top,
  };
}

function helpText(dialog: Of<'help'>, state: DashboardState, theme: Theme, room: number): Content {
  const { typing, search, top } = dialog;
  const searched = typing || search !== '' ? [`/${visible(search)}${typing ? '_' : ''}`] : [];
  return {
    title: 'Keys',
    lines: [...searched, ...helpLines(state, dialog, theme, room)],
    foot: 'Esc closes  j k scroll  / searches',
    width: WIDEST,
    top,
  };
}

function confirmation(
  { title, lines, deeds, wanted, typed, answer }: Confirmation,
  theme: Theme,
  { room, height }: { readonly room: number; readonly height: number },
): Content {
  const command = deeds.length === 0 ? '' : visible(commandOfAll(deeds));
  const commands = wrapWords(command, room).map((line) => theme.paint('dim', line));
  const body = [...lines.flatMap((line) => wrapWords(visible(line), room)), '', ...commands];
  const button = (name: 'cancel' | 'yes', text: string): string =>
    name === answer ? theme.chosen(theme.unicode ? `▸${text} ` : `>${text} `) : ` ${text} `;
  const question =
    wanted === undefined
      ? `${button('cancel', 'Cancel')}   ${button('yes', 'Yes')}`
      : `type ${theme.paint('key', visible(wanted))} to go on: ${visible(typed)}_`;
  return {
    title: theme.paint('danger', visible(title)),
    lines: ['', ...shortened(body, height - 4, theme), '', question, ''],
    foot: wanted === undefined ? 'Enter takes what is marked  Esc cancels' : 'Enter goes on  Esc cancels',
    danger: true,
    width: WIDEST,
  };
}

/** What is asked stays in sight below it. */
function shortened(lines: readonly string[], most: number, theme: Theme): readonly string[] {
  if (lines.length <= most) return lines;
  const shown = Math.max(0, most - 1);
  return [...lines.slice(0, shown), theme.paint('dim', `and ${lines.length - shown} lines more`)];
}

function columnChooser({ index }: ColumnChooser, { columns }: DashboardState, theme: Theme): Content {
  const lines = columnNames.map((name, place) => {
    const at = columns.indexOf(name);
    const mark = at === -1 ? '[ ]' : `[${theme.unicode ? '✓' : 'x'}]`;
    const order = at === -1 ? '  ' : String(at + 1).padStart(2);
    const line = `${mark} ${order} ${name.padEnd(10)} ${theme.paint('dim', columnMeanings[name])}`;
    return place === index ? `${theme.paint('focus', theme.glyphs.pointer)} ${line}` : `  ${line}`;
  });
  return {
    title: 'Columns of the list',
    lines,
    foot: 'Space shows or hides, the newest last  Esc closes',
    width: WIDEST,
    top: Math.max(0, index - 5),
  };
}

/** Of a unified diff: what went and what came. */
function diffLine(line: string, theme: Theme): string {
  // A line of 100,000 characters is cut by whoever shows it, but not looked through for each frame.
  const text = visible(line.slice(0, 500));
  if (/^(\+\+\+|---) /.test(line)) return theme.paint('title', text);
  if (line.startsWith('@@')) return theme.paint('busy', text);
  return theme.paint(line.startsWith('+') ? 'good' : line.startsWith('-') ? 'danger' : undefined, text);
}
