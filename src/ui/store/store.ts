/** The one place where the state lives: news and keys go in, changes come out, effects are carried out elsewhere. */
import { pressDialog } from '../dialogs/press-dialog.ts';
import { createKeymap, type Keymap } from '../keys.ts';
import { change, type News } from '../state/change.ts';
import { type DashboardState, tabs } from '../state/dashboard-state.ts';
import { withTab } from '../state/move.ts';
import { placeOf } from '../state/place.ts';
import { act, type Effect } from '../state/press.ts';
import type { Key } from '../terminal/input.ts';

export interface Store {
  readonly state: () => DashboardState;
  /** Calls back after each change, until what it returns is called. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly tell: (news: News) => void;
  readonly press: (key: Key) => void;
  readonly update: (make: (state: DashboardState) => DashboardState) => void;
}

export function createStore(
  initial: DashboardState,
  carryOut: (effect: Effect) => void,
  keymap: Keymap = createKeymap(initial.remapped),
): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  const update: Store['update'] = (make) => {
    const next = make(state);
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  };
  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (news) => update((before) => change(before, news, performance.now())),
    press: (key) => {
      const effects: Effect[] = [];
      update((before) => {
        const pressed = afterKey(before, key, keymap);
        effects.push(...pressed.effects);
        return pressed.state;
      });
      for (const effect of effects) carryOut(effect);
    },
    update,
  };
}

function afterKey(state: DashboardState, key: Key, keymap: Keymap): ReturnType<typeof act> {
  const now = performance.now();
  if (state.dialogs.length > 0) return pressDialog(state, key, now);
  if (key.name === 'ctrl-c') return { state, effects: [{ type: 'break-off' }] };
  const digit = /^[1-9]$/.test(key.name) ? Number(key.name) : undefined;
  if (digit !== undefined) return { state: onTab(state, digit), effects: [] };
  const action = keymap(key.name, placeOf(state));
  return action === undefined ? { state, effects: [] } : act(state, action, now);
}

function onTab(state: DashboardState, digit: number): DashboardState {
  const tab = tabs[digit - 1];
  return tab === undefined ? state : withTab(state, tab);
}
