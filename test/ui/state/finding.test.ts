import { expect, test } from 'vitest';
import { dialogRows } from '../../../src/ui/dialogs/dialog-rows.ts';
import { pressDialog } from '../../../src/ui/dialogs/press-dialog.ts';
import { listRows } from '../../../src/ui/panes/machine-list.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { filterFault, parseFilter } from '../../../src/ui/state/filter.ts';
import { act } from '../../../src/ui/state/press.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { group } from '../../commands/usage-sample.ts';
import { machine, shown } from '../shown-state.ts';

const theme = createTheme('none', { unicode: false });

function typed(state: DashboardState, ...names: readonly string[]): DashboardState {
  return names.reduce(
    (before, name) =>
      pressDialog(before, { name, text: name.length === 1 ? name : name === 'space' ? ' ' : '' }, 0).state,
    state,
  );
}

test.each([
  ['web state:running', true],
  ['wb', true],
  ['state:stopped', false],
  ['state:stopped,running', true],
  ['mem>32M', true],
  ['mem>64M', false],
  ['mem<1G tasks>10', true],
  ['cpu>30', false],
  ['cpu>20', true],
  ['mem>', true],
])('the filter %s fits a running web1 of 64M: %s', (text, fits) => {
  expect(parseFilter(text)(machine('web1', { state: 'running' }), group('web1'))).toBe(fits);
});

test('what is not known of a machine fits no amount', () => {
  for (const text of ['mem<1G', 'mem>0', 'cpu<100'])
    expect(parseFilter(text)(machine('web1'), undefined)).toBe(false);
});

test('n and N go to what the last filter fitted, also when all are shown again', () => {
  const all = shown([machine('web1'), machine('db'), machine('web2')]);
  const kept = typed(act(all, 'filter', 0).state, 'w', 'e', 'b', 'enter');
  expect(kept.order).toEqual(['web1', 'web2']);
  const open = act(kept, 'back', 0).state;
  expect(open).toMatchObject({ filter: '', order: ['db', 'web1', 'web2'] });
  const next = act(open, 'next-match', 0).state;
  expect(next.selected).toBe('web2');
  expect(act(next, 'next-match', 0).state.selected).toBe('web1');
  expect(act(next, 'previous-match', 0).state.selected).toBe('web1');
  expect(act(all, 'next-match', 0).state.notice?.text).toContain('nothing has been searched for');
});

test('columns are taken off and come back as the last ones', () => {
  const open = act(shown([machine('web')]), 'columns', 0).state;
  const without = typed(open, 'space');
  expect(without.columns).not.toContain('cpu');
  expect(listRows(without, theme, { width: 100, height: 5 })[0]).not.toMatch(/CPU +MEM/);
  expect(typed(without, 'space').columns.at(-1)).toBe('cpu');
});

test('the help is searched by key, word or action, and Escape first takes the search back', () => {
  const open = act(shown([machine('web')]), 'help', 0).state;
  const found = typed(open, '/', 't', 'r', 'a', 's', 'h', 'enter');
  const text = dialogRows(found, theme)?.rows.join('\n') ?? '';
  expect(text).toContain('destroy (to the trash)');
  expect(text).not.toContain('freeze, or thaw');
  expect(typed(found, 'esc').dialogs).toMatchObject([{ kind: 'help', search: '' }]);
  expect(typed(found, 'esc', 'esc').dialogs).toEqual([]);
});

test('a command with its arguments is done from the palette, and a wrong one stays to be mended', () => {
  const open = act(shown([machine('web')]), 'palette', 0).state;
  const wrong = typed(open, ...'theme lihgt', 'enter');
  expect(wrong.dialogs).toMatchObject([{ kind: 'palette' }]);
  expect(dialogRows(wrong, theme)?.rows.join('\n')).toContain('did you mean light?');
  expect(typed(open, ...'theme light', 'enter')).toMatchObject({ theme: 'light', dialogs: [] });
});

test('a condition that is none is named, and what fits a name is none', () => {
  expect(filterFault('web mem>zz state:running')).toBe('mem>zz');
  expect(filterFault('size>3')).toBe('size>3');
  expect(filterFault('state>running')).toBe('state>running');
  for (const fine of ['', 'web', 'mem>100M cpu<50% tasks=3', 'state:running,frozen name=web', 'snapshots>0'])
    expect(filterFault(fine)).toBeUndefined();
});
