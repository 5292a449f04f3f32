/** What comes of a key: another state, and what the state alone cannot do. */
import type { Deed } from '../deeds/deed.ts';
import type { Confirmation, Dialog } from '../dialogs/dialog.ts';
import type { DashboardState } from './dashboard-state.ts';
import type { ReplayDeed } from './replay-view.ts';

export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' }
  /** Look again at what is shown. */
  | { readonly type: 'refresh' }
  /** What was looked up of the machine is not what is asked for now. */
  | { readonly type: 'look-again'; readonly name: string }
  | { readonly type: 'deeds'; readonly deeds: readonly Deed[] }
  | { readonly type: 'break-off' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'open-console'; readonly name: string }
  | { readonly type: 'open-grid'; readonly names: readonly string[] }
  | { readonly type: 'shell' | 'shell-here'; readonly name: string }
  /** A command that has no place of its own here, on the whole terminal. */
  | { readonly type: 'run-here'; readonly words: readonly string[] }
  /** Asks which recording. */
  | { readonly type: 'choose-replay' }
  | { readonly type: 'replay'; readonly path: string }
  /** To the recording that is seen. */
  | { readonly type: 'replay-deed'; readonly deed: ReplayDeed }
  | { readonly type: 'ask'; readonly question: Question };

/** A dialog that shows what has to be looked up first. */
export type Question =
  | { readonly about: 'destroy' | 'limits'; readonly names: readonly string[] }
  /** `to` undefined: from the image on. */
  | { readonly about: 'file'; readonly from: string; readonly to: string | undefined; readonly path: string };

export interface Pressed {
  readonly state: DashboardState;
  readonly effects: readonly Effect[];
}

/** @param now milliseconds of the monotonic clock */
export type Act = (state: DashboardState, now: number) => Pressed;

export const nothing = (state: DashboardState): Pressed => ({ state, effects: [] });
export const only = (state: DashboardState, ...effects: Effect[]): Pressed => ({ state, effects });

/** The line at the bottom says it, until the next key. */
export function hinted(state: DashboardState, text: string): Pressed {
  return nothing({ ...state, notice: { kind: 'hint', text, command: undefined } });
}

export function withDialog(state: DashboardState, dialog: Dialog): DashboardState {
  return { ...state, dialogs: [...state.dialogs, dialog] };
}

/** Asks before it does it; the default answer is Cancel. */
export function confirm(
  state: DashboardState,
  asked: Pick<Confirmation, 'title' | 'lines' | 'deeds' | 'wanted'>,
): DashboardState {
  if (asked.deeds.length === 0) return state;
  return withDialog(state, { kind: 'confirm', ...asked, leaves: false, typed: '', answer: 'cancel' });
}

/** The marked ones, else the selected one, if it is there still. */
export function targets(state: DashboardState): readonly string[] {
  if (state.marks.size > 0) return state.order.filter((name) => state.marks.has(name));
  return state.selected === undefined || state.gone !== undefined ? [] : [state.selected];
}
