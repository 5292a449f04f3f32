import { expect, test } from 'vitest';
import { matchingCommands } from '../../../src/ui/dialogs/palette.ts';
import { bindings } from '../../../src/ui/keys.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { machine, shown } from '../shown-state.ts';

const commands = [
  { names: ['export'], summary: 'put a machine into an archive' },
  { names: ['start', 'boot'], summary: 'start machines' },
];
const state = shown([machine('web')], { commands });

const names = (text: string, from: DashboardState = state): readonly string[] =>
  matchingCommands(text, from).map(({ name }) => name);

test('what is done to machines is offered first, and movements last', () => {
  const all = names('');
  expect(all.slice(0, 3)).toEqual(['create', 'start', 'stop']);
  expect(all.indexOf('down')).toBeGreaterThan(all.indexOf('read only'));
  expect(all).toEqual(expect.arrayContaining(bindings.map(({ action }) => action.replaceAll('-', ' '))));
});

test('in a tab with actions of its own these are before the others', () => {
  const inTab = shown([machine('web')], { tab: 'snapshots', focus: 'detail' });
  expect(names('', inTab).slice(0, 5)).toEqual([
    'restore',
    'remove snapshot',
    'clone snapshot',
    'diff snapshot',
    'create',
  ]);
});

test('the name that was typed in full is first, also a name that hands know from elsewhere', () => {
  expect(names('replay')[0]).toBe('replay');
  expect(names('pause')[0]).toBe('pause');
  expect(names('poweroff')[0]).toBe('stop');
  expect(names('snap').slice(0, 2)).toEqual(['snapshot', 'snapshot-remove']);
});

test('all that fits is there, however much it is', () => {
  expect(names('replay').length).toBeGreaterThan(10);
});

test('what takes words is found by its name, as well as the commands of the command line', () => {
  expect(names('set')[0]).toBe('set');
  expect(names('exp')).toContain('export');
  expect(names('start').filter((name) => name === 'start')).toHaveLength(1);
});
