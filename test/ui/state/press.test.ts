import { expect, test } from 'vitest';
import { withRadius } from '../../../src/ui/state/ask.ts';
import { detailKey } from '../../../src/ui/state/dashboard-state.ts';
import { act } from '../../../src/ui/state/press.ts';
import { machine, shown } from '../shown-state.ts';

const snapshot = {
  name: 'first',
  parent: null,
  current: true,
  createdAt: '2026-11-01T10:00:00Z',
  comment: null,
};
const onSnapshot = shown([machine('web', { snapshots: 1 })], {
  focus: 'detail',
  tab: 'snapshots',
  details: new Map([
    [
      detailKey('snapshots', 'web'),
      {
        state: 'ready',
        value: {
          snapshots: [{ ...snapshot, automatic: false, expiresAt: null, problem: null }],
          bytes: new Map(),
        },
      },
    ],
  ]),
});

test('a chosen snapshot is compared with the machine in the Changes tab, and Escape goes back to the image', () => {
  const compared = act(onSnapshot, 'diff-snapshot', 0);
  expect(compared.state).toMatchObject({ tab: 'changes', compared: { name: 'web', snapshot: 'first' } });
  expect(compared.effects).toEqual([{ type: 'look-again', name: 'web' }]);
  const back = act(compared.state, 'back', 0);
  expect(back.state).toMatchObject({ tab: 'changes', focus: 'detail', compared: undefined });
  expect(back.effects).toEqual([{ type: 'look-again', name: 'web' }]);
  expect(act(back.state, 'back', 0).state.focus).toBe('list');
});

test('a running machine is not asked whether it shall be put back: it is told to be stopped first', () => {
  const running = { ...onSnapshot, machines: [machine('web', { state: 'running' })] };
  const { state } = act(running, 'restore', 0);
  expect(state.dialogs).toEqual([]);
  expect(state.notice?.text).toBe('web runs: s stops it first');
  expect(act(onSnapshot, 'restore', 0).state.dialogs).toHaveLength(1);
});

test('Enter on a changed path asks for what has changed in it', () => {
  const changed = shown([machine('web')], {
    focus: 'detail',
    tab: 'changes',
    compared: { name: 'web', snapshot: 'first' },
    details: new Map([
      [
        detailKey('changes', 'web'),
        {
          state: 'ready',
          value: { changes: [{ kind: 'added', path: '/x' }], more: false, snapshot: 'first' },
        },
      ],
    ]),
  });
  expect(act(changed, 'open', 0).effects).toEqual([
    { type: 'ask', question: { about: 'file', from: 'web@first', to: 'web', path: '/x' } },
  ]);
  expect(act(changed, 'revert', 0).state.dialogs[0]).toMatchObject({
    deeds: [{ verb: 'revert', name: 'web', path: '/x', from: 'first' }],
  });
});

test('actions are done to all that are marked', () => {
  const marked = shown([machine('a'), machine('b'), machine('c')], { marks: new Set(['a', 'c']) });
  expect(act(marked, 'start', 0).effects).toEqual([
    {
      type: 'deeds',
      deeds: [
        { verb: 'start', name: 'a' },
        { verb: 'start', name: 'c' },
      ],
    },
  ]);
  expect(act(marked, 'snapshot', 0).state.dialogs[0]).toMatchObject({ subjects: ['a', 'c'] });
});

test('what goes with a machine is filled into the question about it, and into no other', () => {
  const { state } = act(shown([machine('web')]), 'destroy', 0);
  expect(withRadius(state, ['web'], ['web: stopped']).dialogs[0]).toMatchObject({
    lines: expect.arrayContaining(['web: stopped']),
  });
  expect(withRadius(state, ['db'], ['db: stopped'])).toEqual(state);
});

test('nothing is changed where nothing may be changed', () => {
  const { state, effects } = act(shown([machine('web')], { readOnly: true }), 'start', 0);
  expect(effects).toEqual([]);
  expect(state.notice?.text).toContain('read-only: nothing is changed; ! allows');
  const locked = act(shown([machine('web')], { readOnly: true, lockedReadOnly: true }), 'start', 0);
  expect(locked.state.notice?.text).not.toContain('!');
});

test('a tab that is asked for is seen, also where the list had the whole screen', () => {
  const small = shown([machine('web')], { size: { columns: 60, rows: 15 } });
  expect(act(small, 'next-tab', 0).state).toMatchObject({ tab: 'console', focus: 'detail' });
  expect(act(shown([machine('web')]), 'next-tab', 0).state).toMatchObject({ tab: 'console', focus: 'list' });
});

test('what was asked for on the command line no key takes back', () => {
  const locked = shown([machine('web')], { readOnly: true, lockedReadOnly: true });
  expect(act(locked, 'read-only', 0).state.readOnly).toBe(true);
  expect(act({ ...locked, lockedReadOnly: false }, 'read-only', 0).state.readOnly).toBe(false);
});

test('f thaws what is frozen or about to be, and freezes the others', () => {
  const verbs = (['frozen', 'freezing', 'running'] as const).map((state) => {
    const [effect] = act(shown([machine('web', { state })]), 'freeze', 0).effects;
    return effect?.type === 'deeds' ? effect.deeds[0]?.verb : undefined;
  });
  expect(verbs).toEqual(['unfreeze', 'unfreeze', 'freeze']);
});

test('Escape takes back one thing at a time: the focus, the zoom, the filter, the marks', () => {
  const deep = shown([machine('web')], {
    focus: 'detail',
    zoomed: true,
    filter: 'we',
    marks: new Set(['web']),
  });
  const told = [];
  for (let state = deep, turn = 0; turn < 5; turn += 1, state = act(state, 'back', 0).state) {
    told.push(`${state.focus} ${state.zoomed} ${state.filter} ${state.marks.size}`);
  }
  expect(told).toEqual([
    'detail true we 1',
    'list true we 1',
    'list false we 1',
    'list false  1',
    'list false  0',
  ]);
});

test('one machine that is marked is what a grid is of, not those that are open', () => {
  const running = [machine('a', { state: 'running' }), machine('b', { state: 'running' }), machine('c')];
  const open = shown(running, { consoles: ['b'], marks: new Set(['a', 'c']) });
  expect(act(open, 'console-grid', 0).effects).toEqual([{ type: 'open-grid', names: ['a'] }]);
  expect(act({ ...open, marks: new Set(['a']) }, 'console-grid', 0).effects).toEqual([
    { type: 'open-grid', names: ['a'] },
  ]);
  expect(act({ ...open, marks: new Set() }, 'console-grid', 0).effects).toEqual([
    { type: 'open-grid', names: ['b'] },
  ]);
});

test('who leaves while something is under way is asked', () => {
  const job = { id: 1, deed: { verb: 'start', name: 'web' }, progress: '' } as const;
  const busy = act(shown([machine('web')], { jobs: [job] }), 'quit', 0);
  expect(busy.effects).toEqual([]);
  expect(busy.state.dialogs[0]).toMatchObject({ title: 'Leave?', answer: 'cancel' });
  expect(act(shown([machine('web')]), 'quit', 0).effects).toEqual([{ type: 'quit' }]);
});

test('a snapshot that one machine is compared with is no matter of another', () => {
  const compared = { name: 'web', snapshot: 'first' };
  const both = shown([machine('db'), machine('web')], { focus: 'detail', tab: 'changes', compared });
  expect(act({ ...both, selected: 'web' }, 'back', 0).state.compared).toBeUndefined();
  expect(act({ ...both, selected: 'db' }, 'back', 0).state).toMatchObject({ compared, focus: 'list' });
});

test('what a tab is for is not done to what another one has chosen', () => {
  const { state, effects } = act(onSnapshot, 'revert', 0);
  expect([state.dialogs, effects]).toEqual([[], []]);
  expect(state.notice?.text).toBe('that is for the tab Changes: 6 shows it');
});

test('what needs a chosen snapshot says so where none is', () => {
  const none = shown([machine('web')], { tab: 'snapshots', focus: 'detail' });
  for (const action of ['restore', 'remove-snapshot', 'clone-snapshot', 'diff-snapshot'] as const)
    expect(act(none, action, 0).state.notice?.text, action).toBe('no snapshot is chosen');
});
