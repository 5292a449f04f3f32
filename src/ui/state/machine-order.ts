/** Which machines the list shows, in which order. Pure. */
import type { GroupSample, UsageSample } from '../../backends/usage.ts';
import type { MachineSummary } from '../../machines/machines.ts';
import type { DashboardState, SortColumn } from './dashboard-state.ts';
import { parseFilter } from './filter.ts';

/** While somebody moves, and so long after, nothing changes place. */
const HOLD_MS = 2000;
/** Longer than it takes a person to see that a line went. */
const HANDED_ON_MS = 1000;

export type SamplesByName = ReadonlyMap<string, GroupSample>;

/** Asked for by the list, the details and the order, several times a frame. */
const known = new WeakMap<UsageSample, SamplesByName>();

export function samplesByName({ sample }: Pick<DashboardState, 'sample'>): SamplesByName {
  const before = sample === undefined ? undefined : known.get(sample);
  if (before !== undefined) return before;
  const named = new Map<string, GroupSample>();
  for (const group of sample?.groups ?? []) if (group.machine !== null) named.set(group.machine, group);
  if (sample !== undefined) known.set(sample, named);
  return named;
}

const keys: Readonly<
  Record<SortColumn, (machine: MachineSummary, sample: GroupSample | undefined) => string | number | null>
> = {
  name: ({ name }) => name,
  state: ({ state }) => state,
  cpu: (_, sample) => sample?.usage.cpu.cores ?? null,
  memory: (_, sample) => sample?.usage.memory.bytes ?? null,
  tasks: (_, sample) => sample?.usage.tasks.count ?? null,
  pressure: (_, sample) => {
    const { cpu, memory, io } = sample?.usage.pressure ?? {};
    return sample === undefined ? null : Math.max(cpu?.some ?? 0, memory?.some ?? 0, io?.some ?? 0);
  },
};

/** The state with its order made anew, unless it holds; and with something selected, if there is anything. */
export function reorder(state: DashboardState, now: number): DashboardState {
  const samples = samplesByName(state);
  const fits = parseFilter(state.filter);
  const shown = state.machines.filter((machine) => fits(machine, samples.get(machine.name)));
  const order = now - state.movedAt < HOLD_MS ? held(state.order, shown) : sorted(state, shown, samples);
  return { ...state, order, ...selection(state, order, now) };
}

function sorted(
  { sort }: DashboardState,
  machines: readonly MachineSummary[],
  samples: SamplesByName,
): readonly string[] {
  const key = keys[sort.column];
  const keyed = machines.map((machine) => ({
    name: machine.name,
    key: key(machine, samples.get(machine.name)),
  }));
  keyed.sort((a, b) => compare(a.key, b.key, sort.down) || compare(a.name, b.name, false));
  return keyed.map(({ name }) => name);
}

/** Those that are new come last until the hold is over. */
function held(order: readonly string[], machines: readonly MachineSummary[]): readonly string[] {
  const names = new Set(machines.map(({ name }) => name));
  const before = new Set(order);
  return [
    ...order.filter((name) => names.has(name)),
    ...machines.map(({ name }) => name).filter((name) => !before.has(name)),
  ];
}

/**
 * Who was selected and is gone hands on to who stands in its place, but not at once: a key that is pressed in this moment was meant for
 * who is gone, and does nothing.
 */
function selection(
  { selected, machines, order: before, gone }: DashboardState,
  order: readonly string[],
  now: number,
): Pick<DashboardState, 'selected' | 'gone'> {
  if (selected !== undefined && order.includes(selected)) return { selected, gone: undefined };
  const { place, at } = gone ?? { place: Math.max(0, before.indexOf(selected ?? '')), at: now };
  const vanished = selected !== undefined && !machines.some(({ name }) => name === selected);
  if (vanished && now - at < HANDED_ON_MS) return { selected, gone: { place, at } };
  return { selected: order[Math.min(place, order.length - 1)], gone: undefined };
}

function compare(a: string | number | null, b: string | number | null, down: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b !== down ? -1 : 1;
}
