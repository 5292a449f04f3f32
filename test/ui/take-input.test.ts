import { expect, test } from 'vitest';
import type { DashboardState } from '../../src/ui/state/dashboard-state.ts';
import { createStore } from '../../src/ui/store/store.ts';
import { takeInput } from '../../src/ui/take-input.ts';
import { machine, shown } from './shown-state.ts';

/** What is open after the keys, and then the paste. */
function afterPaste(keys: readonly string[], text: string): DashboardState & { readonly effects: number } {
  let effects = 0;
  const store = createStore(shown([machine('web')]), () => {
    effects += 1;
    return undefined;
  });
  for (const name of keys) store.press({ name, text: name.length === 1 ? name : '' });
  const consoles = { mouse: () => false };
  takeInput({ type: 'paste', text }, { store, consoles }, () => undefined);
  return { ...store.state(), effects };
}

test('what is pasted where nothing can be typed does nothing: its letters are no keys', () => {
  expect(afterPaste([], 'sbrD')).toMatchObject({ effects: 0, dialogs: [] });
  expect(afterPaste(['X'], 'yes')).toMatchObject({ effects: 0, dialogs: [{ kind: 'confirm' }] });
  expect(afterPaste(['?'], 'q')).toMatchObject({ dialogs: [{ kind: 'help' }] });
});

test('what is pasted where something is typed becomes text of one line, without control characters', () => {
  expect(afterPaste(['/'], 'we\nb')).toMatchObject({ filter: 'we b' });
  expect(afterPaste([':'], 'start web\r\n')).toMatchObject({
    effects: 0,
    dialogs: [{ text: 'start web ' }],
  });
  expect(afterPaste(['a'], 'n\x1be\tw')).toMatchObject({ dialogs: [{ values: { name: 'n e w' } }] });
  expect(afterPaste(['?', '/'], 'stop')).toMatchObject({ dialogs: [{ search: 'stop' }] });
});
