/** What a dialog shows: rows of a box, and where it lies. Pure. */
import { visible } from '../../presentation/plain-text.ts';
import { commandLine } from '../deeds/deed.ts';
import { wordsOfAll } from '../deeds/summary.ts';
import { type Binding, bindings } from '../keys.ts';
import type { Area } from '../layout.ts';
import { boxed } from '../panes/boxed.ts';
import { fitLeft, wrapWords } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import type { Theme } from '../theme.ts';
import type { Confirmation, Dialog, FormDialog, Palette } from './dialog.ts';
import { choicesOf, type Field, formDeeds, forms, formTitle } from './forms.ts';
import { matchingCommands } from './palette.ts';

export interface DialogRows extends Area {
  readonly rows: readonly string[];
}

interface Content {
  readonly title: string;
  readonly lines: readonly string[];
  readonly foot: string;
  readonly danger?: boolean;
  readonly width: number;
  /** The first line that is shown. */
  readonly top?: number;
}

/** Cells, border included. */
const WIDEST = 80;

export function dialogRows(state: DashboardState, theme: Theme): DialogRows | undefined {
  const dialog = state.dialogs.at(-1);
  if (dialog === undefined || dialog.kind === 'filter') return undefined;
  const content = contentOf(state, dialog, theme, Math.max(10, Math.min(state.size.columns, WIDEST) - 4));
  const { columns, rows: high } = state.size;
  const width = Math.min(columns, content.width);
  const height = Math.min(high, content.lines.length + 2);
  const top = Math.max(0, Math.min(content.top ?? 0, content.lines.length - (height - 2)));
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
    row: Math.max(0, Math.floor((high - height) / 3)),
    width,
    height,
    rows: boxed(
      content.lines.slice(top).map((line) => ` ${line}`),
      box,
      theme,
    ),
  };
}

function contentOf(
  state: DashboardState,
  dialog: Exclude<Dialog, { kind: 'filter' }>,
  theme: Theme,
  room: number,
): Content {
  switch (dialog.kind) {
    case 'confirm':
      return confirmation(dialog, theme, room);
    case 'form':
      return form(dialog, state, theme, room);
    case 'palette':
      return palette(dialog, theme, state.size.rows);
    case 'problems':
      return {
        title: theme.paint('danger', 'This failed'),
        lines: dialog.problems.flatMap(({ words, lines }) => [
          theme.paint('dim', visible(commandLine(words))),
          ...lines.flatMap((line) => wrapWords(line, room, '  ')),
          '',
        ]),
        foot: 'Esc closes',
        danger: true,
        width: WIDEST,
        top: dialog.top,
      };
    case 'text':
      return {
        title: visible(dialog.title),
        lines: dialog.lines.map((line) => diffLine(line, theme)),
        foot: 'Esc closes  j k scroll',
        width: Math.max(WIDEST, state.size.columns - 8),
        top: dialog.top,
      };
    case 'help':
      return {
        title: 'Keys',
        lines: helpLines(state, theme),
        foot: 'Esc closes  j k scroll',
        width: 72,
        top: dialog.top,
      };
  }
}

function confirmation(
  { title, lines, deeds, wanted, typed, answer }: Confirmation,
  theme: Theme,
  room: number,
): Content {
  const command = deeds.length === 0 ? '' : visible(commandLine(wordsOfAll(deeds)));
  const commands = wrapWords(command, room).map((line) => theme.paint('dim', line));
  const button = (name: 'cancel' | 'yes', text: string): string =>
    name === answer ? theme.chosen(theme.unicode ? `▸${text} ` : `>${text} `) : ` ${text} `;
  const question =
    wanted === undefined
      ? `${button('cancel', 'Cancel')}   ${button('yes', 'Yes')}`
      : `type ${theme.paint('key', visible(wanted))} to go on: ${visible(typed)}_`;
  return {
    title: theme.paint('danger', visible(title)),
    lines: [
      '',
      ...lines.flatMap((line) => wrapWords(visible(line), room)),
      '',
      ...commands,
      '',
      question,
      '',
    ],
    foot: wanted === undefined ? 'Enter takes what is marked  Esc cancels' : 'Enter goes on  Esc cancels',
    danger: true,
    width: WIDEST,
  };
}

function form(dialog: FormDialog, state: DashboardState, theme: Theme, room: number): Content {
  const { fields } = forms[dialog.form];
  const widest = Math.max(...fields.map(({ label }) => label.length));
  const lines = fields.map((field, index) => {
    const chosen = index === dialog.field;
    const pointer = chosen ? theme.paint('focus', theme.glyphs.pointer) : ' ';
    return `${pointer} ${field.label.padEnd(widest)}  ${fieldText(field, chosen, dialog, state, theme)}`;
  });
  const deeds = formDeeds(dialog, state);
  const problem = wrapWords(visible(dialog.problem ?? ''), room).map((line) => theme.paint('danger', line));
  const command = typeof deeds === 'string' ? '' : commandLine(wordsOfAll(deeds));
  const below = wrapWords(visible(command), room).map((line) => theme.paint('dim', line));
  return {
    title: visible(formTitle(dialog)),
    // The box stays as high as it is while somebody types.
    lines: ['', ...lines, '', ...padded(problem.length > 0 ? problem : below, 2)],
    foot: 'Enter does it  Tab next  Esc cancels',
    width: WIDEST,
  };
}

function fieldText(
  field: Field,
  chosen: boolean,
  { values, stored }: FormDialog,
  state: DashboardState,
  theme: Theme,
): string {
  const value = values[field.name] ?? '';
  const choices = choicesOf(field, state);
  if (choices !== undefined) {
    const text = visible(value || (choices[0] ?? ''));
    return chosen && choices.length > 1 ? `< ${theme.paint('key', text)} >` : `  ${text}`;
  }
  const cursor = chosen ? '_' : '';
  const before = stored?.settings[field.name];
  const was =
    before === undefined || before === value
      ? ''
      : theme.paint('dim', `  (is ${visible(before) || 'not set'})`);
  return value === '' ? cursor + theme.paint('dim', field.example) + was : visible(value) + cursor + was;
}

function padded(lines: readonly string[], count: number): readonly string[] {
  return [...lines, ...Array.from({ length: Math.max(0, count - lines.length) }, () => '')];
}

function palette({ text, index }: Palette, theme: Theme, rows: number): Content {
  const height = Math.max(3, Math.min(14, rows - 6));
  const found = matchingCommands(text);
  const top = Math.max(0, index - height + 1);
  const lines = found.slice(top, top + height).map(({ text: command, keys }, place) => {
    const line = `${fitLeft(command, 52, theme.glyphs.cut)} ${theme.paint('key', keys)}`;
    return top + place === index ? theme.chosen(fitLeft(line, 66, theme.glyphs.cut)) : line;
  });
  const rest = Array.from({ length: Math.max(0, height - lines.length) }, () => '');
  return {
    title: 'Commands',
    lines: [`:${visible(text)}_`, ...lines, ...rest],
    foot: 'Enter does it  Esc closes',
    width: 72,
  };
}

function helpLines(state: DashboardState, theme: Theme): readonly string[] {
  const place = placeOf(state);
  const at = (where: string): readonly string[] =>
    (bindings as readonly Binding[])
      .filter((binding) => binding.place === where)
      .map(({ keys, help, writes }) => {
        const locked = writes === true && state.readOnly ? theme.paint('dim', ' (read-only)') : '';
        return `${theme.paint('key', keys.join(' ').padEnd(16))} ${help}${locked}`;
      });
  const own = place === 'everywhere' ? [] : at(place);
  const head = own.length === 0 ? [] : [theme.paint('title', `Here: ${place}`), ...own, ''];
  return [...head, theme.paint('title', 'Everywhere'), ...at('everywhere'), '', ...consoleHelp(theme)];
}

function consoleHelp(theme: Theme): readonly string[] {
  return [
    theme.paint('title', 'In a console all keys go to the machine, but Ctrl-]. Behind it:'),
    `${theme.paint('key', 'q d Ctrl-]'.padEnd(16))} leave the console`,
    `${theme.paint('key', ']'.padEnd(16))} a real Ctrl-]`,
    `${theme.paint('key', 'z'.padEnd(16))} zoom`,
    `${theme.paint('key', 'n p'.padEnd(16))} next console, console before`,
  ];
}

/** Of a unified diff: what went and what came. */
function diffLine(line: string, theme: Theme): string {
  // A line of 100,000 characters is cut by whoever shows it, but not looked through for each frame.
  const text = visible(line.slice(0, 500));
  if (/^(\+\+\+|---) /.test(line)) return theme.paint('title', text);
  if (line.startsWith('@@')) return theme.paint('busy', text);
  return theme.paint(line.startsWith('+') ? 'good' : line.startsWith('-') ? 'danger' : undefined, text);
}
