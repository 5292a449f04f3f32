import { expect, test } from 'vitest';
import { hints } from '../../../src/ui/panes/hints.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { machine, shown } from '../shown-state.ts';

const theme = createTheme('none', { unicode: true });
const size = (columns: number) => ({ size: { columns, rows: 24 } });

test('a stopped machine can be started, and is not offered to be stopped', () => {
  const line = hints(shown([machine('web')]), theme);
  expect(line).toContain('b boot');
  expect(line).not.toContain('s stop');
  expect(line).not.toContain('c console');
});

test('a running machine can be stopped, and is not offered to be started', () => {
  const line = hints(shown([machine('web', { state: 'running' })]), theme);
  expect(line).toContain('s stop');
  expect(line).not.toContain('b boot');
});

test('of marked machines what fits one of them is offered, whichever is selected', () => {
  const both = [machine('down'), machine('up', { state: 'running' })];
  const line = hints(shown(both, { marks: new Set(['down', 'up']) }), theme);
  expect(line).toContain('b boot');
  expect(line).toContain('s stop');
  expect(line).not.toContain('c console');
  expect(hints(shown(both, { marks: new Set(['up']) }), theme)).not.toContain('b boot');
});

test('what is frozen is offered to be thawed', () => {
  const line = hints(shown([machine('web', { state: 'frozen' })]), theme);
  expect(line).toContain('f thaw');
  expect(line).not.toContain('f freeze');
});

test('without a machine nothing is offered that needs one', () => {
  const line = hints(shown([]), theme);
  expect(line).toContain('a create');
  expect(line).not.toContain('snapshot');
});

test('how to get help and out is told on a narrow screen too', () => {
  const line = hints(shown([machine('web', { state: 'running' })], size(40)), theme);
  expect(line).toMatch(/q quit {2}\? help$/);
  expect(line.length).toBeLessThan(40);
});

test('nothing that changes machines is offered where nothing may be changed', () => {
  const line = hints(shown([machine('web')], { readOnly: true }), theme);
  expect(line).not.toContain('boot');
  expect(line).not.toContain('create');
});
