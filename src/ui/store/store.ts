/** The one place where the state lives: news and keys go in, changes come out, effects are carried out elsewhere. */
import { pressDialog } from '../dialogs/press-dialog.ts';
import { createKeymap, type Keymap } from '../keymap.ts';
import type { Action } from '../keys.ts';
import { change, type News } from '../state/change.ts';
import { machineOf, typedAt } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
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

/** Who types on without having seen that a console has ended makes no longer pauses, in milliseconds. */
const QUIET = 400;

export function createStore(
  initial: DashboardState,
  carryOut: (effect: Effect) => void,
  keymap: Keymap = createKeymap(initial.remapped),
): Store {
  let state = initial;
  let deafUntil = Number.NEGATIVE_INFINITY;
  const listeners = new Set<() => void>();
  const update: Store['update'] = (make) => {
    const next = make(state);
    if (next === state) return;
    if (tornAway(state, next)) deafUntil = performance.now() + QUIET;
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
      if (performance.now() < deafUntil && !leadsOut(keymap(key.name, placeOf(state)))) {
        deafUntil = performance.now() + QUIET;
        return;
      }
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

/** Out of where one is: that changes no machine. */
function leadsOut(action: Action | undefined): boolean {
  return action === 'quit' || action === 'back';
}

/** A console that was typed at is gone by itself: what was meant for it must not become keys that do something to machines. */
function tornAway(before: DashboardState, after: DashboardState): boolean {
  const id = typedAt(before);
  if (id === undefined || typedAt(after) === id) return false;
  const isGone = !after.machines.some(({ name }) => name === machineOf(id));
  return isGone || (before.consoles.includes(id) && !after.consoles.includes(id));
}

function afterKey(state: DashboardState, key: Key, keymap: Keymap): ReturnType<typeof act> {
  const now = performance.now();
  if (state.dialogs.length > 0) return pressDialog(state, key, now);
  const action = keymap(key.name, placeOf(state));
  return action === undefined ? { state, effects: [] } : act(state, action, now);
}
