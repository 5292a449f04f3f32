/** The keys in the line at the bottom: those that do something where one is, to the machine that is selected. Pure. */
import type { MachineState } from '../../machines/machines.ts';
import { keysOf } from '../keymap.ts';
import { type Binding, bindings } from '../keys.ts';
import { widthOf } from '../row-text.ts';
import { type DashboardState, selectedMachine } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import { targets } from '../state/pressed.ts';
import type { Theme } from '../theme.ts';

/** The way out, and the way to all others. */
const always: readonly string[] = ['help', 'quit'];

type Fits = (state: MachineState) => boolean;

const isDown: Fits = (state) => state === 'stopped' || state === 'error';
const isUp: Fits = (state) => !isDown(state);

/** Of those that are not here, all states are fine. */
const fits: Readonly<Record<string, Fits>> = {
  start: isDown,
  stop: isUp,
  restart: isUp,
  freeze: isUp,
  kill: isUp,
  console: isUp,
  shell: (state) => state === 'running',
  restore: isDown,
  revert: isDown,
};

const doneToAll: ReadonlySet<string> = new Set(['start', 'stop', 'restart', 'freeze', 'kill']);

/** As many as there is room for; how to get help and out is always among them. */
export function hints(state: DashboardState, theme: Theme): string {
  // Its own border says how to leave it.
  if (state.focus === 'console') {
    return theme.paint('dim', `every key goes to the console, but ${state.leader.label}`);
  }
  const wanted = usable(state);
  const last = wanted.filter(({ action }) => always.includes(action));
  let room = state.size.columns - 1 - last.reduce((sum, binding) => sum + widthOf(textOf(binding)) + 2, 0);
  const shown: Binding[] = [];
  for (const binding of wanted.filter(({ action }) => !always.includes(action))) {
    room -= widthOf(textOf(binding)) + 2;
    if (room < 0) break;
    shown.push(binding);
  }
  return [...shown, ...last].map((binding) => textOf(binding, theme)).join('  ');

  function textOf(binding: Binding, painted?: Theme): string {
    const { action, hint = '' } = binding;
    const [first = ''] = keysOf(binding, state.remapped);
    const key = first === 'enter' ? 'Enter' : first;
    const frozen = action === 'freeze' && selectedMachine(state)?.state === 'frozen';
    return `${painted === undefined ? key : painted.paint('key', key)} ${frozen ? 'thaw' : hint}`;
  }
}

/** Those of the place first, then what can be done to the machine, then the rest. */
function usable(state: DashboardState): readonly Binding[] {
  const place = placeOf(state);
  const selected = selectedMachine(state);
  const all = (bindings as readonly Binding[]).filter(
    ({ action, hint, writes }) =>
      hint !== undefined &&
      !(writes === true && state.readOnly) &&
      (selected !== undefined || needsNoMachine(action)) &&
      fitsOne(action, state),
  );
  const own = all.filter((binding) => binding.place === place && place !== 'everywhere');
  const taken = new Set(own.flatMap((binding) => keysOf(binding, state.remapped)));
  const others = all.filter(
    (binding) =>
      binding.place === 'everywhere' && !keysOf(binding, state.remapped).some((key) => taken.has(key)),
  );
  const [doing, rest] = [
    others.filter(({ action }) => isDeed(action)),
    others.filter(({ action }) => !isDeed(action)),
  ];
  return [...own, ...doing, ...rest];
}

/** What is done to all that are marked is offered if it fits one of them. */
function fitsOne(action: string, state: DashboardState): boolean {
  const names = doneToAll.has(action) ? targets(state) : [state.selected];
  const machines = state.machines.filter(({ name }) => names.includes(name));
  return machines.length === 0 || machines.some((machine) => fits[action]?.(machine.state) ?? true);
}

function isDeed(action: string): boolean {
  return action in fits || action === 'snapshot';
}

function needsNoMachine(action: string): boolean {
  return !isDeed(action) && action !== 'open';
}
