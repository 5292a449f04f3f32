import { expect, test } from 'vitest';
import { formDialog } from '../../../src/ui/dialogs/forms.ts';
import { pressDialog } from '../../../src/ui/dialogs/press-dialog.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { act, type Pressed } from '../../../src/ui/state/press.ts';
import type { Key } from '../../../src/ui/terminal/input.ts';
import { machine, shown } from '../shown-state.ts';

const key = (name: string): Key =>
  name === 'space' ? { name, text: ' ' } : { name, text: name.length === 1 ? name : '' };

function pressed(state: DashboardState, ...names: readonly string[]): Pressed {
  return names.reduce<Pressed>((before, name) => pressDialog(before.state, key(name), 0), {
    state,
    effects: [],
  });
}

test('space types a space into a text, and goes on to the next of choices', () => {
  const snapshot = { ...shown([machine('web')]), dialogs: [formDialog('snapshot', ['web'])] };
  const { state } = pressed(snapshot, 'tab', 'a', 'space', 'b');
  expect(state.dialogs[0]).toMatchObject({ values: { comment: 'a b' } });
  const create = { ...shown([]), templates: ['busybox', 'debian'], dialogs: [formDialog('create', [''])] };
  expect(pressed(create, 'tab', 'space').state.dialogs[0]).toMatchObject({ values: { template: 'debian' } });
});

test('a machine goes only when its name has been typed', () => {
  const asked = act(shown([machine('web')]), 'destroy', 0);
  expect(asked.effects).toEqual([{ type: 'ask', question: { about: 'destroy', names: ['web'] } }]);
  expect(pressed(asked.state, 'w', 'e', 'enter').effects).toEqual([]);
  const done = pressed(asked.state, 'w', 'e', 'b', 'enter');
  expect(done.effects).toEqual([{ type: 'deeds', deeds: [{ verb: 'destroy', name: 'web' }] }]);
  expect(done.state.dialogs).toEqual([]);
});

test('Enter alone cancels what is asked', () => {
  const asked = act(shown([machine('web', { state: 'running' })]), 'kill', 0);
  expect(pressed(asked.state, 'enter').effects).toEqual([]);
  expect(pressed(asked.state, 'right', 'enter').effects).toHaveLength(1);
});

test('a long text is scrolled to its last page and no further: one key back is seen at once', () => {
  const small = { ...shown([machine('web')]), size: { columns: 60, rows: 15 } };
  const help = act(small, 'help', 0).state;
  const topOf = ({ state }: Pressed): unknown => (state.dialogs[0] as { readonly top?: number }).top;
  const end = topOf(pressed(help, 'G'));
  expect(end).toBeGreaterThan(10);
  expect(topOf(pressed(help, ...Array.from({ length: 50 }, () => 'pagedown')))).toBe(end);
  expect(topOf(pressed(help, 'G', 'j', 'k'))).toBe(Number(end) - 1);
  expect(topOf(pressed(help, 'G', 'g'))).toBe(0);
});

test('the fields of a form go round', () => {
  const create = { ...shown([]), templates: ['busybox'], dialogs: [formDialog('create', [''])] };
  const fieldAfter = (...names: readonly string[]): unknown =>
    (pressed(create, ...names).state.dialogs[0] as { readonly field?: number }).field;
  expect(fieldAfter('shift-tab')).toBe(5);
  expect(fieldAfter('shift-tab', 'tab')).toBe(0);
});

test('a name that another machine has is refused before anything is done', () => {
  const create = {
    ...shown([machine('web')]),
    templates: ['busybox'],
    dialogs: [formDialog('create', [''])],
  };
  const { state, effects } = pressed(create, 'w', 'e', 'b', 'enter');
  expect(effects).toEqual([]);
  expect(state.dialogs[0]).toMatchObject({ problem: 'there is a machine web already' });
});

test('Escape brings back the filter that was before, and all that it showed', () => {
  const filtering = act(shown([machine('web'), machine('db')]), 'filter', 0).state;
  const typed = pressed(filtering, 'd').state;
  expect(typed).toMatchObject({ filter: 'd', order: ['db'] });
  expect(pressed(typed, 'esc').state).toMatchObject({ filter: '', order: ['db', 'web'], dialogs: [] });
  expect(pressed(typed, 'enter').state).toMatchObject({ filter: 'd', search: 'd', dialogs: [] });
});

test('the palette begins at its first command again when more is typed, and stays within those that fit', () => {
  const palette = act(shown([machine('web')]), 'palette', 0).state;
  const indexAfter = (...names: readonly string[]): unknown =>
    (pressed(palette, ...names).state.dialogs[0] as { readonly index?: number }).index;
  expect(indexAfter('down', 'down')).toBe(2);
  expect(indexAfter('down', 'down', 's')).toBe(0);
  expect(indexAfter('d', 'i', 'f', 'f', 'down', 'down', 'down')).toBeLessThan(3);
});

test('a command that needs words is begun for who chooses it, and not closed', () => {
  const palette = act(shown([machine('web')]), 'palette', 0).state;
  const begun = pressed(palette, 's', 'e', 't', 'enter');
  expect(begun.effects).toEqual([]);
  expect(begun.state.dialogs).toMatchObject([{ kind: 'palette', text: 'set ', index: 0 }]);
});

test('Backspace takes a whole character', () => {
  const naming = { ...shown([machine('web')]), dialogs: [formDialog('snapshot', ['web'])] };
  const typed = pressDialog(naming, { name: '\u{20bb7}', text: '\u{20bb7}' }, 0).state;
  expect(pressed(typed, 'backspace').state.dialogs[0]).toMatchObject({ values: { snapshot: '' } });
});
