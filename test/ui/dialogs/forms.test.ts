import { expect, test } from 'vitest';
import { formDeeds, formDialog, formTitle, problemOf } from '../../../src/ui/dialogs/forms.ts';
import { machine, shown } from '../shown-state.ts';

const state = { ...shown([machine('web')]), templates: ['busybox', 'debian'] };
const filled = (form: Parameters<typeof formDialog>[0], values: Readonly<Record<string, string>>) => ({
  ...formDialog(form, form === 'create' ? [''] : ['web']),
  values,
});

test('a machine is created from the first template, and started, if nothing else was chosen', () => {
  expect(formDeeds(filled('create', {}), state)).toEqual([
    { verb: 'create', name: undefined, template: 'busybox', settings: {}, start: true },
  ]);
});

test('a name that is taken or is none is refused while it is typed', () => {
  expect(problemOf(filled('rename', { name: 'web' }), state)).toBe('there is a machine web already');
  expect(problemOf(filled('clone', { name: 'a b' }), state)).toContain('letters, digits and hyphens');
  expect(problemOf(filled('clone', { name: '' }), state)).toBeUndefined();
  expect(formDeeds(filled('clone', { name: '' }), state)).toBe('the clone needs a name');
});

test('what is no name for a snapshot is refused while it is typed too', () => {
  expect(problemOf(filled('snapshot', { snapshot: 'a b' }), state)).toContain('is not a name for a snapshot');
  expect(formDeeds(filled('snapshot', { snapshot: 'a b' }), state)).toContain('letters, digits');
  expect(problemOf(filled('snapshot', { snapshot: 'web', comment: 'a b' }), state)).toBeUndefined();
});

test('of limits only what was changed is set', () => {
  const stored = { settings: { 'memory.max': '256M', 'pids.max': 'max' }, config: { limits: {} } as never };
  const dialog = formDialog('limits', ['web'], stored);
  expect(dialog.values).toEqual(stored.settings);
  expect(formDeeds(dialog, state)).toBe('nothing is changed');
  const changed = { ...dialog, values: { ...dialog.values, 'pids.max': '100' } };
  expect(formDeeds(changed, state)).toEqual([{ verb: 'set', name: 'web', settings: { 'pids.max': '100' } }]);
});

test('a limit that cannot be is refused while it is typed, with what is allowed', () => {
  const stored = { settings: { 'memory.max': '256M' }, config: { limits: {} } as never };
  const dialog = { ...formDialog('limits', ['web'], stored), values: { 'memory.max': 'much' } };
  expect(problemOf(dialog, state)).toMatch(/memory\.max.*allowed/);
});

test('so is one of a machine that is yet to be made', () => {
  expect(problemOf(filled('create', { 'pids.max': 'many' }), state)).toMatch(/pids\.max.*allowed/);
  expect(problemOf(filled('create', { 'pids.max': '100', name: 'new' }), state)).toBeUndefined();
});

test('a form on several machines is a deed for each', () => {
  const dialog = formDialog('snapshot', ['a', 'b']);
  expect(formTitle(dialog)).toBe('Snapshot of 2 machines');
  expect(formDeeds(dialog, state)).toMatchObject([{ name: 'a' }, { name: 'b' }]);
});
