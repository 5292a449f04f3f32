import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { about, ended, enter, leave, opened } from '../../../src/ui/state/show-consoles.ts';
import { createStore } from '../../../src/ui/store/store.ts';
import { machine, shown } from '../shown-state.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

const [web, db] = [machine('web', { state: 'running' }), machine('db', { state: 'running' })];

/** Somebody types at the console of web. */
function typing() {
  const effects: unknown[] = [];
  const store = createStore(shown([db, web]), (effect) => void effects.push(effect));
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

/** `L` asks for the limits of the selected machine; they come when `answer` is called. */
function asking() {
  const effects: unknown[] = [];
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const store = createStore(shown([db, web]), (effect) => {
    effects.push(effect);
    return effect.type === 'ask' ? promise : undefined;
  });
  const answer = async (): Promise<void> => {
    resolve();
    await promise.finally(() => undefined);
  };
  store.press({ name: 'L', text: 'L' });
  return { store, effects, answer, press: (name: string) => store.press({ name, text: name }) };
}

test('what is typed ahead of a dialog is for the dialog', async () => {
  const { store, effects, answer, press } = asking();
  press('s');
  store.update((state) => ({ ...state, dialogs: [{ kind: 'filter', before: '' }] }));
  await answer();
  expect(store.state().filter).toBe('s');
  expect(effects).toHaveLength(1);
});

test('what is typed ahead of a dialog that does not come does nothing', async () => {
  const { effects, answer, press } = asking();
  press('s');
  await answer();
  expect(effects).toHaveLength(1);
  press('s');
  expect(effects).toHaveLength(2);
});

test('a dialog that is long in coming holds the keys no longer than a second', () => {
  const { effects, press } = asking();
  vi.advanceTimersByTime(1001);
  press('s');
  expect(effects).toHaveLength(2);
});
