/** What a tab of the detail side is: where its data come from, and which lines they are. Each pane is one declaration. */
import type { MachineSummary, Machines } from '../../machines/machines.ts';
import type { Place } from '../keys.ts';
import type { DashboardState, Tab } from '../state/dashboard-state.ts';
import type { Theme } from '../theme.ts';

export interface PaneLine {
  /** Safe to print; may hold colours. Cut where the pane ends. */
  readonly text: string;
  /** What the line is about: keys act on it. */
  readonly id?: string;
  /** Names of columns: never chosen. */
  readonly head?: true;
}

export interface PaneView<T> {
  readonly value: T;
  readonly machine: MachineSummary;
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Pane<T> {
  readonly tab: Tab;
  readonly title: string;
  readonly place: Place;
  /** Whether a line can be chosen; else it scrolls. */
  readonly choosable: boolean;
  /** Undefined: all it shows is in the state. */
  readonly load: ((machines: Machines, name: string, state: DashboardState) => Promise<T>) | undefined;
  readonly lines: (view: PaneView<T>) => readonly PaneLine[];
  /** In the border: what the lines tell, where that is not plain. */
  readonly about?: (value: T, machine: MachineSummary) => string;
}

/** A pane whose type of data nobody but itself knows. */
export type AnyPane = Pane<unknown>;

export function definePane<T>(pane: Pane<T>): AnyPane {
  // What `load` gave is what `lines` gets: by the tab (store/details.ts).
  return pane as AnyPane;
}

export function textLines(lines: readonly string[]): readonly PaneLine[] {
  return lines.map((text) => ({ text }));
}
