/** What the full screen shows, and how keys and samples change it. Pure: the same events give the same screen. */
import { hostname } from 'node:os';
import type { GroupSample, ProcessUsage, SampleScope, UsageSample } from '../../backends/usage.ts';
import { type Histories, remember } from '../../presentation/usage/history.ts';
import {
  hasBothBackends,
  isTextColumn,
  sampleName,
  sortSamples,
  standardSort,
  type UsageSort,
  usageColumns,
} from '../../presentation/usage/usage-columns.ts';

/** One row of the list. A process belongs to the group above it. */
export type Row =
  | { readonly kind: 'group'; readonly id: string; readonly group: GroupSample }
  | { readonly kind: 'process'; readonly id: string; readonly process: ProcessUsage };

export interface TopState {
  readonly hostName: string;
  readonly scope: SampleScope;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly sample: UsageSample | undefined;
  readonly histories: Histories;
  /** Of groups that are expanded, by id. */
  readonly processes: ReadonlyMap<string, readonly ProcessUsage[]>;
  readonly expanded: ReadonlySet<string>;
  /** Ids of groups, as they are shown. */
  readonly order: readonly string[];
  /** All rows of the list, those out of sight too: made when the state is settled. */
  readonly rows: readonly Row[];
  /** Undefined: a tree. */
  readonly sort: UsageSort | undefined;
  readonly filter: string;
  readonly editing: boolean;
  /** By id, since rows move. */
  readonly selected: string | undefined;
  /** Whether a person has chosen it; until then it is whatever comes first. */
  readonly chosen: boolean;
  /** The first row that is shown. */
  readonly offset: number;
  readonly help: boolean;
  readonly paused: boolean;
  /** Seconds. */
  readonly interval: number;
  /** False: the terminal says that somebody looks elsewhere. */
  readonly focused: boolean;
  /** When the selection was moved last, milliseconds of the monotonic clock. */
  readonly movedAt: number;
}

export type TopEvent =
  | {
      readonly type: 'sample';
      readonly sample: UsageSample;
      readonly processes: ReadonlyMap<string, readonly ProcessUsage[]>;
      readonly at: number;
    }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number };

/** As long as somebody moves through the list, it keeps its order: milliseconds. */
const HOLD_MS = 3000;

export function initialState(
  scope: SampleScope,
  sort: UsageSort | undefined,
  interval: number,
  size: TopState['size'],
  hostName = hostname(),
): TopState {
  return {
    hostName,
    scope,
    size,
    sample: undefined,
    histories: new Map(),
    processes: new Map(),
    expanded: new Set(),
    order: [],
    rows: [],
    sort: sort ?? (scope === 'host' ? undefined : standardSort),
    filter: '',
    editing: false,
    selected: undefined,
    chosen: false,
    offset: 0,
    help: false,
    paused: false,
    interval,
    focused: true,
    movedAt: Number.NEGATIVE_INFINITY,
  };
}

export function change(state: TopState, event: TopEvent): TopState {
  if (event.type === 'resize') {
    return settle({ ...state, size: { columns: event.columns, rows: event.rows } });
  }
  const { sample, processes, at } = event;
  const held = at - state.movedAt < HOLD_MS;
  const histories = remember(state.histories, sample);
  const next = { ...state, sample, processes, histories };
  return settle(held ? keepOrder(next) : reorder(next));
}

/** Who looks elsewhere is shown something new less often. */
const UNFOCUSED_FACTOR = 5;

/** Seconds from one sample to the next. */
export function paceOf({ interval, focused }: TopState): number {
  return focused ? interval : interval * UNFOCUSED_FACTOR;
}

/** Anew, as the sorting says. */
export function reorder(state: TopState): TopState {
  const groups = state.sample?.groups ?? [];
  const sorted = state.sort === undefined ? groups : sortSamples(groups, state.sort);
  return { ...state, order: sorted.map(({ id }) => id) };
}

/** Who is new comes last, who has gone leaves no gap. */
function keepOrder(state: TopState): TopState {
  const groups = state.sample?.groups ?? [];
  const here = new Set(groups.map(({ id }) => id));
  const known = new Set(state.order);
  const order = [...state.order.filter((id) => here.has(id)), ...[...here].filter((id) => !known.has(id))];
  return { ...state, order };
}

function rowsOf(state: TopState): readonly Row[] {
  const byId = new Map((state.sample?.groups ?? []).map((group) => [group.id, group]));
  const wanted = state.filter.toLowerCase();
  return state.order.flatMap((id): readonly Row[] => {
    const group = byId.get(id);
    if (group === undefined || !matches(group, wanted)) return [];
    const own: Row = { kind: 'group', id, group };
    return state.expanded.has(id) ? [own, ...processRows(state, id)] : [own];
  });
}

function processRows({ processes }: TopState, id: string): readonly Row[] {
  const all = processes.get(id) ?? [];
  return all.map((process) => ({ kind: 'process', id: `${id}\n${process.pid}`, process }));
}

function matches(group: GroupSample, wanted: string): boolean {
  return (
    wanted === '' ||
    sampleName(group).toLowerCase().includes(wanted) ||
    group.path.toLowerCase().includes(wanted)
  );
}

/** How many rows of the list are shown. */
export function listHeight({ rows }: TopState['size']): number {
  return Math.max(1, rows - HEAD_ROWS - detailHeight(rows) - 1);
}

/** The host and the heads of the columns. */
export const HEAD_ROWS = 2;

/** What is told of the selected one below the list: on a small screen one line. */
export function detailHeight(rows: number): number {
  return rows >= 20 ? 5 : 1;
}

/** The selection is on something that is there, and in sight. */
export function settle(state: TopState): TopState {
  const rows = rowsOf(state);
  const index = Math.max(
    0,
    rows.findIndex(({ id }) => id === selectedOf(state, rows)),
  );
  const height = listHeight(state.size);
  const lowest = Math.max(0, rows.length - height);
  const offset = Math.min(lowest, Math.max(index - height + 1, Math.min(state.offset, index)));
  return { ...state, rows, offset, selected: rows[index]?.id };
}

/** One that has gone hands on to who stood in its place; a process of it to its machine. */
function selectedOf(state: TopState, rows: readonly Row[]): string | undefined {
  const { selected, chosen } = state;
  if (selected === undefined || !chosen) return rows[0]?.id;
  if (rows.some(({ id }) => id === selected)) return selected;
  const owner = selected.split('\n', 1)[0];
  if (rows.some(({ id }) => id === owner)) return owner;
  return rows[Math.min(state.offset, rows.length - 1)]?.id;
}

export function selectedGroup(state: TopState): GroupSample | undefined {
  const owner = state.selected?.split('\n', 1)[0];
  return state.sample?.groups.find(({ id }) => id === owner);
}

/** The next column to sort by; a tree is before the first one. */
export function nextSort(state: TopState, step: 1 | -1): UsageSort | undefined {
  const both = hasBothBackends(state.sample?.groups ?? []);
  const columns = usageColumns.filter((name) => both || name !== 'backend');
  const places = state.scope === 'host' ? [undefined, ...columns] : columns;
  const place = places.indexOf(state.sort?.column as never);
  const column = places[(place + step + places.length) % places.length];
  return column === undefined ? undefined : { column, down: !isTextColumn(column) || column === 'state' };
}
