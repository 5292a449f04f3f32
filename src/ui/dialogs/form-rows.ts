/** What a form shows: its fields, and below them what is wrong or the command line that it would be. Pure. */
import { visible } from '../../presentation/plain-text.ts';
import { commandOfAll } from '../deeds/summary.ts';
import { fitLeft, wrapWords } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import type { Theme } from '../theme.ts';
import { type Content, padded, WIDEST } from './content.ts';
import type { FormDialog } from './dialog.ts';
import { choicesOf, type Field, formDeeds, forms, formTitle } from './forms.ts';

/** Of the command line. */
const MOST_LINES = 3;

export function formContent(dialog: FormDialog, state: DashboardState, theme: Theme, room: number): Content {
  const { fields } = forms[dialog.form];
  const widest = Math.max(...fields.map(({ label }) => label.length));
  const lines = fields.map((field, index) => {
    const chosen = index === dialog.field;
    const pointer = chosen ? theme.paint('focus', theme.glyphs.pointer) : ' ';
    return `${pointer} ${field.label.padEnd(widest)}  ${fieldText(field, chosen, dialog, state, theme)}`;
  });
  const deeds = formDeeds(dialog, state);
  const problem = wrapWords(visible(dialog.problem ?? ''), room).map((line) => theme.paint('danger', line));
  const command = typeof deeds === 'string' ? '' : commandOfAll(deeds);
  const below = shortened(wrapWords(visible(command), room), room, theme).map((line) =>
    theme.paint('dim', line),
  );
  return {
    title: visible(formTitle(dialog)),
    // The box stays as high as it is while somebody types.
    lines: ['', ...lines, '', ...padded(problem.length > 0 ? problem : below, 2)],
    foot: 'Enter does it  Tab next  Ctrl-U empties  Esc cancels',
    width: WIDEST,
  };
}

/** Of very many machines the beginning is enough. */
function shortened(lines: readonly string[], room: number, { glyphs }: Theme): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const shown = MOST_LINES - 1;
  return [...lines.slice(0, shown), fitLeft(lines.slice(shown).join(' '), room, glyphs.cut)];
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
    return chosen && choices.length > 1 ? `< ${theme.paint('key', text)} >` : text;
  }
  const cursor = chosen ? '_' : '';
  const before = stored?.settings[field.name];
  const was =
    before === undefined || before === value
      ? ''
      : theme.paint('dim', `  (is ${visible(before) || 'not set'})`);
  // In brackets, because without colours it looks as if it had been typed.
  const example = field.example === '' ? '' : theme.paint('dim', `(${field.example})`);
  return value === '' ? cursor + example + was : visible(value) + cursor + was;
}
