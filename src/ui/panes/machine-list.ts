/** The list: a row a machine, as many columns as there is room for. Pure. */
import type { GroupSample } from '../../backends/usage.ts';
import type { MachineSummary } from '../../machines/machines.ts';
import { visible } from '../../presentation/plain-text.ts';
import { formatShort } from '../../presentation/units.ts';
import { lastValues } from '../../presentation/usage/history.ts';
import { sparkline } from '../../presentation/usage/sparkline.ts';
import { hasBothBackends } from '../../presentation/usage/usage-columns.ts';
import { fitLeft, fitRight } from '../row-text.ts';
import type { ColumnName } from '../state/columns.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { type SamplesByName, samplesByName } from '../state/machine-order.ts';
import { stateRoles, type Theme } from '../theme.ts';

interface Cell {
  readonly machine: MachineSummary;
  readonly sample: GroupSample | undefined;
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly width: number;
}

interface Column {
  readonly head: string;
  readonly width: number;
  readonly right?: true;
  readonly text: (cell: Cell) => string;
  readonly role?: (cell: Cell) => Parameters<Theme['paint']>[0];
}

const SPARKLINE = 10;
/** The least for names, whatever they are. */
const NAME_MIN = 8;
/** As much of long names comes before the columns behind the first ones. */
const NAME_READABLE = 20;
const NAME_MOST = 32;
const FIRST_COLUMNS = 2;
/** Pointer and mark. */
const GUTTER = 3;

const name: Column = { head: 'NAME', width: 0, text: ({ machine }) => machine.name };

const state: Column = {
  head: 'STATE',
  width: 10,
  text: ({ machine, theme }) => `${theme.glyphs.states[machine.state]} ${machine.state}`,
  role: ({ machine }) => stateRoles[machine.state],
};

/** Between the state and what was chosen, where it tells machines apart. */
const backend: Column = { head: 'BACKEND', width: 7, text: ({ machine }) => machine.backend };

const others: Readonly<Record<ColumnName, Column>> = {
  cpu: number(
    'CPU',
    5,
    ({ usage }) => usage.cpu.cores,
    (cores) => `${Math.round(cores * 100)}%`,
  ),
  memory: number('MEM', 5, ({ usage }) => usage.memory.bytes, inBytes),
  tasks: number('TASKS', 5, ({ usage }) => usage.tasks.count, String),
  pressure: {
    head: 'PSI',
    width: 4,
    right: true,
    text: ({ sample }) => percent(sample === undefined ? null : pressureOf(sample)),
    role: ({ sample }) =>
      (sample === undefined ? 0 : (pressureOf(sample) ?? 0)) >= 0.2 ? 'warning' : undefined,
  },
  lately: { head: 'CPU LATELY', width: SPARKLINE, text: lately },
  address: { head: 'ADDRESS', width: 15, text: ({ machine }) => machine.addresses[0] ?? '-' },
  throttled: {
    head: 'THROT',
    width: 5,
    right: true,
    text: ({ sample }) => percent(sample?.usage.cpu.throttledShare ?? null),
    role: ({ sample }) => ((sample?.usage.cpu.throttledShare ?? 0) >= 0.05 ? 'warning' : undefined),
  },
  read: number('READ/s', 6, ({ usage }) => usage.io.rbps, inBytes),
  write: number('WRITE/s', 7, ({ usage }) => usage.io.wbps, inBytes),
  received: number('RX/s', 5, ({ usage }) => usage.network.rxBytes, inBytes),
  sent: number('TX/s', 5, ({ usage }) => usage.network.txBytes, inBytes),
  snapshots: { head: 'SNAPS', width: 5, right: true, text: ({ machine }) => String(machine.snapshots) },
  template: { head: 'TEMPLATE', width: 10, text: ({ machine }) => visible(machine.template) || '-' },
};

export function listRows(
  dashboard: DashboardState,
  theme: Theme,
  size: { readonly width: number; readonly height: number },
): readonly string[] {
  const columns = chooseColumns(size.width, dashboard);
  const samples = samplesByName(dashboard);
  const byName = new Map(dashboard.machines.map((machine) => [machine.name, machine]));
  const top = firstShown(dashboard, size.height);
  const shown = dashboard.order.slice(top, top + size.height - 1);
  const rows = shown.flatMap((wanted) => {
    const machine = byName.get(wanted);
    return machine === undefined
      ? []
      : [row(machine, columns, { dashboard, theme, samples, width: size.width })];
  });
  return [
    theme.paint('dim', fitLeft(`   ${headText(columns, dashboard, theme)}`, size.width, theme.glyphs.cut)),
    ...(rows.length === 0 ? [emptyRow(dashboard, theme, size.width)] : rows),
  ];
}

/** So that the selected one is in the middle, as far as there is something on both sides: it follows from the state alone. */
export function firstShown({ order, selected }: DashboardState, height: number): number {
  const room = Math.max(1, height - 1);
  const place = order.indexOf(selected ?? '');
  return Math.max(0, Math.min(order.length - room, place - Math.floor(room / 2)));
}

/** As many of the chosen ones as there is room for: the last ones are given up first, and before a name is cut much. */
function chooseColumns(
  width: number,
  { machines, columns: wanted }: Pick<DashboardState, 'machines' | 'columns'>,
): readonly Column[] {
  const longest = machines.reduce((most, { name: of }) => Math.max(most, of.length), NAME_MIN);
  let room = width - GUTTER - state.width - 1;
  const chosen: Column[] = [];
  const known = hasBothBackends(machines) ? [backend] : [];
  for (const column of [...known, ...wanted.map((of) => others[of])]) {
    const left = room - column.width - 1;
    if (left < (chosen.length < FIRST_COLUMNS ? NAME_MIN : Math.min(longest, NAME_READABLE))) break;
    room = left;
    chosen.push(column);
  }
  return [{ ...name, width: Math.max(NAME_MIN, Math.min(room, NAME_MOST + NAME_MIN)) }, state, ...chosen];
}

function row(
  machine: MachineSummary,
  columns: readonly Column[],
  look: {
    readonly dashboard: DashboardState;
    readonly theme: Theme;
    readonly samples: SamplesByName;
    readonly width: number;
  },
): string {
  const { dashboard, theme, width } = look;
  const cell: Cell = { machine, sample: look.samples.get(machine.name), state: dashboard, theme, width };
  const selected = machine.name === dashboard.selected;
  const pointer = selected ? theme.glyphs.pointer : ' ';
  const mark = dashboard.marks.has(machine.name) ? theme.paint('marked', theme.glyphs.mark) : ' ';
  const text = columns.map((column) => cellText(column, cell)).join(' ');
  const whole = `${pointer}${mark} ${text}`;
  return selected
    ? theme.chosen(fitLeft(whole, width, theme.glyphs.cut))
    : fitLeft(whole, width, theme.glyphs.cut);
}

function cellText(column: Column, cell: Cell): string {
  const { cut } = cell.theme.glyphs;
  const text = column.right
    ? fitRight(column.text(cell), column.width, cut)
    : fitLeft(column.text(cell), column.width, cut);
  return cell.theme.paint(column.role?.(cell), text);
}

function headText(columns: readonly Column[], { sort }: DashboardState, { glyphs }: Theme): string {
  const sorted: Readonly<Record<string, string>> = {
    name: 'NAME',
    state: 'STATE',
    cpu: 'CPU',
    memory: 'MEM',
    tasks: 'TASKS',
    pressure: 'PSI',
  };
  return columns
    .map(({ head, width, right }) => {
      const arrow = sorted[sort.column] === head ? (sort.down ? glyphs.down : glyphs.up) : '';
      const text =
        head.length + arrow.length > width ? arrow + head.slice(0, width - arrow.length) : head + arrow;
      return right ? fitRight(text, width) : fitLeft(text, width);
    })
    .join(' ');
}

function emptyRow({ known, machines, filter }: DashboardState, theme: Theme, width: number): string {
  const words = !known
    ? 'looking for machines'
    : machines.length === 0
      ? 'no machine yet: a creates one'
      : `none fits "${filter}": Esc shows all`;
  return fitLeft(theme.paint('dim', `   ${words}`), width, theme.glyphs.cut);
}

function number(
  head: string,
  width: number,
  read: (sample: GroupSample) => number | null,
  format: (value: number) => string,
): Column {
  return {
    head,
    width,
    right: true,
    text: ({ sample }) => {
      const value = sample === undefined ? null : read(sample);
      return value === null ? '-' : format(value);
    },
  };
}

function lately({ sample, state: { histories }, theme }: Cell): string {
  const history = sample === undefined ? undefined : histories.get(sample.id);
  return sparkline(lastValues(history, 'cores', SPARKLINE), SPARKLINE, 1, theme.unicode);
}

function pressureOf({ usage: { pressure } }: GroupSample): number | null {
  const shares = [pressure.cpu.some, pressure.memory.some, pressure.io.some].filter(
    (share) => share !== null,
  );
  return shares.length === 0 ? null : Math.max(...shares);
}

function inBytes(value: number): string {
  return formatShort(value, 1024);
}

function percent(share: number | null): string {
  return share === null ? '-' : `${Math.round(share * 100)}%`;
}
