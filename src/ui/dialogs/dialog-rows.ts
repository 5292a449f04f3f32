/** What a dialog shows: rows of a box, and where it lies. Pure. */
import { visible } from '../../presentation/plain-text.ts';
import { commandLine, type Deed, deedWords } from '../deeds/deed.ts';
import { type Binding, bindings } from '../keys.ts';
import type { Area } from '../layout.ts';
import { boxed } from '../panes/boxed.ts';
import { fitLeft, wrapWords } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import type { Theme } from '../theme.ts';
import type { Confirmation, Dialog, FormDialog, Palette } from './dialog.ts';
import { forms } from './forms.ts';
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
      return form(dialog, theme);
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
  const commands = deeds.slice(0, 5).map((deed) => theme.paint('dim', visible(commandLineOf(deed))));
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

function commandLineOf(deed: Deed): string {
  return commandLine(deedWords(deed));
}

function form({ form: name, subject, values, field: at, problem }: FormDialog, theme: Theme): Content {
  const { title, fields, deed: deedOf } = forms[name];
  const widest = Math.max(...fields.map(({ label }) => label.length));
  const lines = fields.map(({ name: key, label, example, choices }, index) => {
    const value = values[key] ?? '';
    const shown = value === '' ? theme.paint('dim', example) : visible(value);
    const cursor = index === at && choices === undefined ? '_' : '';
    const pointer = index === at ? theme.paint('focus', theme.glyphs.pointer) : ' ';
    const text =
      choices === undefined ? (value === '' ? cursor + shown : shown + cursor) : `< ${value || example} >`;
    return `${pointer} ${label.padEnd(widest)}  ${text}`;
  });
  const deed = deedOf(subject, values);
  const line = typeof deed === 'string' ? '' : theme.paint('dim', visible(commandLineOf(deed)));
  return {
    title: visible(title(subject)),
    lines: ['', ...lines, '', ...(problem === undefined ? [] : [theme.paint('danger', problem)]), line],
    foot: 'Enter does it  Tab next  Esc cancels',
    width: 72,
  };
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
