/** What a key does to the dialog that is open. Pure. */

import { dialogKeys } from '../keys.ts';
import { columnNames, toggled } from '../state/columns.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { reorder } from '../state/machine-order.ts';
import { act, type Effect, nothing, type Pressed } from '../state/press.ts';
import type { Key } from '../terminal/input.ts';
import type {
  ColumnChooser,
  Confirmation,
  Dialog,
  FormDialog,
  Help,
  Palette,
  RecordingChooser,
} from './dialog.ts';
import { lastTop } from './dialog-rows.ts';
import { choicesOf, formDeeds, forms, problemOf } from './forms.ts';
import { matchingCommands } from './palette.ts';
import { typedCommand } from './typed-command.ts';

const cancelKeys: ReadonlySet<string> = dialogKeys.cancel;
const closeKeys: ReadonlySet<string> = dialogKeys.close;
const scrolls: Readonly<Record<string, number>> = dialogKeys.scroll;
const ends: Readonly<Record<string, number>> = dialogKeys.ends;

const isCancel = ({ name }: Key): boolean => cancelKeys.has(name);

/** @param now milliseconds of the monotonic clock */
export function pressDialog(state: DashboardState, key: Key, now: number): Pressed {
  const dialog = state.dialogs.at(-1);
  switch (dialog?.kind) {
    case undefined:
      return nothing(state);
    case 'confirm':
      return pressConfirmation(state, dialog, key);
    case 'form':
      return pressForm(state, dialog, key);
    case 'palette':
      return pressPalette(state, dialog, key, now);
    case 'filter':
      return pressFilter(state, dialog.before, key, now);
    case 'columns':
      return pressColumns(state, dialog, key);
    case 'recordings':
      return pressRecordings(state, dialog, key);
    case 'help':
      return dialog.typing ? typeSearch(state, dialog, key) : pressHelp(state, dialog, key);
    case 'problems':
    case 'text':
      return pressText(state, dialog, key);
  }
}

export function closeDialog(state: DashboardState): DashboardState {
  return { ...state, dialogs: state.dialogs.slice(0, -1) };
}

function replaced(state: DashboardState, dialog: Dialog): Pressed {
  return nothing({ ...state, dialogs: [...state.dialogs.slice(0, -1), dialog] });
}

/** Undefined: the key edits nothing. */
export function edited(text: string, { name, text: typed }: Key): string | undefined {
  if (name === 'backspace') return Array.from(text).slice(0, -1).join('');
  if (name === 'ctrl-u') return '';
  if (name === 'ctrl-w') return text.replace(/\S*\s*$/, '');
  return typed === '' ? undefined : text + typed;
}

function pressConfirmation(state: DashboardState, dialog: Confirmation, key: Key): Pressed {
  const closed = closeDialog(state);
  const agreed: Effect = dialog.leaves ? { type: 'quit' } : { type: 'deeds', deeds: dialog.deeds };
  if (isCancel(key)) return nothing(closed);
  if (dialog.wanted !== undefined) {
    if (key.name === 'enter') {
      return dialog.typed === dialog.wanted ? { state: closed, effects: [agreed] } : nothing(state);
    }
    const typed = edited(dialog.typed, key);
    return typed === undefined ? nothing(state) : replaced(state, { ...dialog, typed });
  }
  switch (key.name) {
    case 'enter':
      return dialog.answer === 'yes' ? { state: closed, effects: [agreed] } : nothing(closed);
    case 'y':
      return { state: closed, effects: [agreed] };
    case 'n':
    case 'q':
      return nothing(closed);
    case 'left':
    case 'right':
    case 'tab':
    case 'h':
    case 'l':
      return replaced(state, { ...dialog, answer: dialog.answer === 'yes' ? 'cancel' : 'yes' });
    default:
      return nothing(state);
  }
}

function pressForm(state: DashboardState, dialog: FormDialog, key: Key): Pressed {
  const { fields } = forms[dialog.form];
  const step = (by: number): Pressed =>
    replaced(state, { ...dialog, field: (dialog.field + by + fields.length) % fields.length });
  if (isCancel(key)) return nothing(closeDialog(state));
  switch (key.name) {
    case 'tab':
    case 'down':
      return step(1);
    case 'shift-tab':
    case 'up':
      return step(-1);
    case 'enter': {
      const deeds = formDeeds(dialog, state);
      if (typeof deeds === 'string') return replaced(state, { ...dialog, problem: deeds });
      return { state: closeDialog(state), effects: [{ type: 'deeds', deeds }] };
    }
    default:
      return typeInForm(state, dialog, key);
  }
}

function typeInForm(state: DashboardState, dialog: FormDialog, key: Key): Pressed {
  const field = forms[dialog.form].fields[dialog.field];
  if (field === undefined) return nothing(state);
  const before = dialog.values[field.name] ?? '';
  const choices = choicesOf(field, state);
  const value = choices === undefined ? edited(before, key) : nextChoice(choices, before, key);
  if (value === undefined) return nothing(state);
  const typed = { ...dialog, values: { ...dialog.values, [field.name]: value } };
  return replaced(state, { ...typed, problem: problemOf(typed, state) });
}

function nextChoice(choices: readonly string[], before: string, { name }: Key): string | undefined {
  if (name !== 'left' && name !== 'right' && name !== 'space') return undefined;
  const place = Math.max(0, choices.indexOf(before)) + (name === 'left' ? choices.length - 1 : 1);
  return choices[place % choices.length];
}

function pressPalette(state: DashboardState, dialog: Palette, key: Key, now: number): Pressed {
  const found = matchingCommands(dialog.text, closeDialog(state));
  if (isCancel(key)) return nothing(closeDialog(state));
  switch (key.name) {
    case 'up':
    case 'shift-tab':
      return replaced(state, { ...dialog, index: Math.max(0, dialog.index - 1) });
    case 'down':
    case 'tab':
      return replaced(state, { ...dialog, index: Math.min(found.length - 1, dialog.index + 1) });
    case 'enter': {
      const typed = typedCommand(dialog.text, closeDialog(state), now);
      if (typed !== undefined) return typed.kind === 'ready' ? typed.pressed : nothing(state);
      const chosen = found[dialog.index];
      if (chosen === undefined) return nothing(state);
      if ('action' in chosen) return act(closeDialog(state), chosen.action, now);
      return replaced(state, { ...dialog, text: chosen.begins, index: 0 });
    }
    default: {
      const text = edited(dialog.text, key);
      return text === undefined ? nothing(state) : replaced(state, { ...dialog, text, index: 0 });
    }
  }
}

/** What fits is shown while it is typed. */
function pressFilter(state: DashboardState, before: string, key: Key, now: number): Pressed {
  const shown = (next: DashboardState, filter: string): Pressed =>
    nothing(reorder({ ...next, filter, movedAt: Number.NEGATIVE_INFINITY }, now));
  if (isCancel(key)) return shown(closeDialog(state), before);
  if (key.name === 'enter') return nothing(closeDialog({ ...state, search: state.filter || state.search }));
  const text = edited(state.filter, key);
  return text === undefined ? nothing(state) : shown(state, text);
}

function pressText(
  state: DashboardState,
  dialog: Extract<Dialog, { kind: 'problems' | 'help' | 'text' }>,
  { name }: Key,
): Pressed {
  if (closeKeys.has(name)) return nothing(closeDialog(state));
  const step = ends[name] ?? scrolls[name];
  return step === undefined
    ? nothing(state)
    : replaced(state, { ...dialog, top: Math.max(0, Math.min(lastTop(state), dialog.top + step)) });
}

/** `/` searches; Escape takes the search back first, then it closes. */
function pressHelp(state: DashboardState, dialog: Help, key: Key): Pressed {
  if (key.name === '/') return replaced(state, { ...dialog, typing: true, search: '', top: 0 });
  if (key.name === 'esc' && dialog.search !== '') return replaced(state, { ...dialog, search: '', top: 0 });
  return pressText(state, dialog, key);
}

function typeSearch(state: DashboardState, dialog: Help, key: Key): Pressed {
  if (key.name === 'enter') return replaced(state, { ...dialog, typing: false });
  if (isCancel(key)) return replaced(state, { ...dialog, typing: false, search: '', top: 0 });
  const search = edited(dialog.search, key);
  return search === undefined ? nothing(state) : replaced(state, { ...dialog, search, top: 0 });
}

function pressColumns(state: DashboardState, dialog: ColumnChooser, { name }: Key): Pressed {
  if (closeKeys.has(name) || name === 'C') return nothing(closeDialog(state));
  const step = name === 'space' ? undefined : scrolls[name];
  if (step !== undefined) {
    const index = Math.max(0, Math.min(columnNames.length - 1, dialog.index + step));
    return replaced(state, { ...dialog, index });
  }
  const chosen = columnNames[dialog.index];
  if (name !== 'space' || chosen === undefined) return nothing(state);
  return nothing({ ...state, columns: toggled(state.columns, chosen) });
}

function pressRecordings(state: DashboardState, dialog: RecordingChooser, { name }: Key): Pressed {
  const chosen = dialog.files[dialog.index];
  if (name === 'enter' && chosen !== undefined)
    return { state: closeDialog(state), effects: [{ type: 'replay', path: chosen.path }] };
  if (closeKeys.has(name)) return nothing(closeDialog(state));
  const step = scrolls[name];
  if (step === undefined) return nothing(state);
  const index = Math.max(0, Math.min(dialog.files.length - 1, dialog.index + step));
  return replaced(state, { ...dialog, index });
}
