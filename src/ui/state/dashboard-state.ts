/** All that the dashboard shows, as plain data. It changes by change.ts (news of machines) and press.ts (what a person does) alone. */

import type { UsageSample } from '../../backends/usage.ts';
import type { MachineEvent } from '../../machines/events/events.ts';
import type { MachineSummary } from '../../machines/machines.ts';
import type { Histories } from '../../presentation/usage/history.ts';
import { defaultLeader, type Leader } from '../../terminal/escape-keys.ts';
import type { Drawing } from '../charts/drawing.ts';
import type { Deed } from '../deeds/deed.ts';
import type { Dialog } from '../dialogs/dialog.ts';
import type { Remapped } from '../keymap.ts';
import type { ThemeName } from '../theme.ts';
import { type ChosenChart, firstChart } from './chosen-chart.ts';
import { type ColumnName, standardColumns } from './columns.ts';
import { type ConsoleId, type ConsoleView, noConsoles } from './console-view.ts';
import type { Past } from './past.ts';

export const tabs = [
  'overview',
  'console',
  'charts',
  'processes',
  'snapshots',
  'changes',
  'events',
  'plan',
] as const;
export type Tab = (typeof tabs)[number];

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What a pane shows of a machine, once it has been looked up. */
export type Loaded =
  | { readonly state: 'loading'; readonly value: unknown }
  | { readonly state: 'ready'; readonly value: unknown }
  | { readonly state: 'failed'; readonly error: unknown };

/** What draws charts, which is loaded when they are looked at first. */
export type LoadedDrawing =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: Drawing }
  | { readonly state: 'failed'; readonly error: unknown };

export type SortColumn = 'name' | 'state' | 'cpu' | 'memory' | 'tasks' | 'pressure';
export const sortColumns: readonly SortColumn[] = ['name', 'state', 'cpu', 'memory', 'tasks', 'pressure'];

export interface Job {
  readonly id: number;
  readonly deed: Deed;
  readonly progress: string;
}

/** The line at the bottom. */
export interface Notice {
  readonly text: string;
  readonly kind: 'done' | 'failed' | 'hint';
  /** What would have done the same on the command line; `y` copies it. */
  readonly command: string | undefined;
}

/** A command of the command line. */
export interface LineCommand {
  /** Its own name first, then those that a hand knows. */
  readonly names: readonly string[];
  readonly summary: string;
}

export interface DashboardState {
  readonly size: Size;
  readonly hostName: string;
  readonly readOnly: boolean;
  /** Asked for on the command line: keys do not take it back. */
  readonly lockedReadOnly: boolean;
  /** By name. */
  readonly machines: readonly MachineSummary[];
  /** False until they were read once. */
  readonly known: boolean;
  readonly sample: UsageSample | undefined;
  readonly histories: Histories;
  readonly past: Past;
  /** Of the moment in the past that the charts show; undefined: the present. Milliseconds of the monotonic clock. */
  readonly lookedAt: number | undefined;
  readonly chart: ChosenChart;
  /** Undefined: nobody has looked at charts yet. */
  readonly drawing: LoadedDrawing | undefined;
  /** The last ones of all machines, oldest first. */
  readonly events: readonly MachineEvent[];
  /** Where keys go. */
  readonly focus: 'list' | 'detail' | 'console';
  readonly tab: Tab;
  readonly zoomed: boolean;
  readonly selected: string | undefined;
  /** Where the selected machine stood that is no more, and since when (milliseconds of the monotonic clock). */
  readonly gone: { readonly place: number; readonly at: number } | undefined;
  readonly sort: { readonly column: SortColumn; readonly down: boolean };
  /** Names in the order last shown; it holds while a person moves, so that nothing jumps under the cursor. */
  readonly order: readonly string[];
  /** Milliseconds of the monotonic clock. */
  readonly movedAt: number;
  readonly marks: ReadonlySet<string>;
  /** Where a range of marks began. */
  readonly anchor: string | undefined;
  readonly filter: string;
  /** The last filter that was kept: what `n` and `N` go to, also when all are shown again. */
  readonly search: string;
  readonly columns: readonly ColumnName[];
  /** Undefined: as the dashboard was opened. */
  readonly theme: ThemeName | undefined;
  readonly glyphs: 'unicode' | 'ascii' | undefined;
  /** Keys in place of the standard ones. */
  readonly remapped: Remapped;
  /** The one key that a console does not get. */
  readonly leader: Leader;
  /** The snapshot that the Changes tab compares a machine with, in place of its image. */
  readonly compared: { readonly name: string; readonly snapshot: string } | undefined;
  /** Of the command line: those without a place of their own here are run on the whole terminal. */
  readonly commands: readonly LineCommand[];
  /** Names of templates, for the form. */
  readonly templates: readonly string[];
  readonly paused: boolean;
  readonly mouse: boolean;
  /** By detailKey. */
  readonly details: ReadonlyMap<string, Loaded>;
  /** The chosen line of a pane, and the first one shown, by tab. */
  readonly cursors: Readonly<Partial<Record<Tab, { readonly line: number; readonly top: number }>>>;
  /** The topmost is the last. */
  readonly dialogs: readonly Dialog[];
  readonly jobs: readonly Job[];
  readonly notice: Notice | undefined;
  /** The command line of the last deed. */
  readonly lastCommand: string | undefined;
  /** The consoles that are open and live. */
  readonly consoles: readonly ConsoleId[];
  readonly view: ConsoleView;
}

export function detailKey(tab: Tab, name: string): string {
  return `${tab} ${name}`;
}

export function initialState(given: {
  readonly size: Size;
  readonly hostName: string;
  readonly readOnly: boolean;
}): DashboardState {
  return {
    ...given,
    lockedReadOnly: given.readOnly,
    machines: [],
    known: false,
    sample: undefined,
    histories: new Map(),
    past: [],
    lookedAt: undefined,
    chart: firstChart,
    drawing: undefined,
    events: [],
    focus: 'list',
    tab: 'overview',
    zoomed: false,
    selected: undefined,
    gone: undefined,
    sort: { column: 'name', down: false },
    order: [],
    movedAt: Number.NEGATIVE_INFINITY,
    marks: new Set(),
    anchor: undefined,
    filter: '',
    search: '',
    columns: standardColumns,
    theme: undefined,
    glyphs: undefined,
    remapped: {},
    leader: defaultLeader,
    compared: undefined,
    commands: [],
    templates: [],
    paused: false,
    mouse: true,
    details: new Map(),
    cursors: {},
    dialogs: [],
    jobs: [],
    notice: undefined,
    lastCommand: undefined,
    consoles: [],
    view: noConsoles,
  };
}

export function selectedMachine(state: DashboardState): MachineSummary | undefined {
  return state.machines.find(({ name }) => name === state.selected);
}

/** The snapshot that the Changes tab compares the selected machine with; undefined: its image. */
export function comparedWith({ compared, selected }: DashboardState): string | undefined {
  return compared?.name === selected ? compared?.snapshot : undefined;
}
