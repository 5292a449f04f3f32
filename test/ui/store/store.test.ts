import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { about, ended, enter, leave, opened } from '../../../src/ui/state/console-view.ts';
import { createStore } from '../../../src/ui/store/store.ts';
import { machine, shown } from '../shown-state.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

const [web, db] = [machine('web', { state: 'running' }), machine('db', { state: 'running' })];

/** Somebody types at the console of web. */
function typing() {
  const effects: unknown[] = [];
  const store = createStore(shown([db, web]), (effect) => effects.push(effect));
  store.update((state) => opened(enter(about(state, 'web', {}), 'web'), 'web'));
  return { store, effects, press: (name: string) => store.press({ name, text: name }) };
}

test('who types on when a console has ended stops no machine, until there was a pause', () => {
  const { store, effects, press } = typing();
  store.update((state) => ended(state, 'web', 'powered off'));
  for (const name of 'systemctl') {
    press(name);
    vi.advanceTimersByTime(150);
  }
  expect(effects).toEqual([]);
  vi.advanceTimersByTime(1000);
  press('s');
  expect(effects).toMatchObject([{ deeds: [{ verb: 'stop' }] }]);
});

test('who types on when the machine was destroyed by another does nothing to the one that is selected then', () => {
  const { store, effects, press } = typing();
  store.tell({ type: 'machines', machines: [db] });
  press('s');
  // It is selected when the next look comes, a second later; the pause begins anew with each key.
  vi.advanceTimersByTime(1000);
  store.tell({ type: 'machines', machines: [db] });
  expect(store.state().selected).toBe('db');
  expect(effects).toEqual([]);
});

test('who has left a console has keys at once', () => {
  const { store, effects, press } = typing();
  store.update(leave);
  press('s');
  expect(effects).toMatchObject([{ deeds: [{ verb: 'stop', name: 'web' }] }]);
});
