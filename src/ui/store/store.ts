/** The one place where the state lives: news and keys go in, changes come out, effects are carried out elsewhere. */
import { pressDialog } from '../dialogs/press-dialog.ts';
import { createKeymap, type Keymap } from '../keymap.ts';
import type { Action } from '../keys.ts';
import { change, type News } from '../state/change.ts';
import { machineOf } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import { act, type Effect } from '../state/press.ts';
import { typedAt } from '../state/show-consoles.ts';
import type { Key } from '../terminal/input.ts';
import { createKeyGate } from './key-gate.ts';

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
  /** What it returns resolves when the dialog that was asked for is there, or will not come. */
  carryOut: (effect: Effect) => Promise<void> | undefined,
  keymap: Keymap = createKeymap(initial.remapped),
): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  const update: Store['update'] = (make) => {
    const next = make(state);
    if (next === state) return;
    if (tornAway(state, next)) gate.deafen();
    state = next;
    for (const listener of listeners) listener();
  };
  const gate = createKeyGate({
    leadsOut: (key) => leadsOut(keymap(key.name, placeOf(state))),
    isAnswered: () => state.dialogs.length > 0,
    pass: (key) => {
      const effects: Effect[] = [];
      update((before) => {
        const pressed = afterKey(before, key, keymap);
        effects.push(...pressed.effects);
        return pressed.state;
      });
      for (const effect of effects) {
        const asked = carryOut(effect);
        if (asked !== undefined) gate.holdFor(asked);
      }
    },
  });
  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (news) => update((before) => change(before, news, performance.now())),
    press: gate.take,
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
