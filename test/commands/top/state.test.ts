import { describe, expect, it } from 'vitest';
import { type Key, press } from '../../../src/commands/top/keys.ts';
import {
  change,
  initialState,
  listHeight,
  paceOf,
  settle,
  type TopState,
} from '../../../src/commands/top/state.ts';
import { group, sample } from '../usage-sample.ts';

const size = { columns: 80, rows: 24 };

function sampled(state: TopState, cores: Readonly<Record<string, number>>, at: number): TopState {
  const groups = Object.entries(cores).map(([name, used]) => group(name, { cpu: { cores: used } }));
  return change(state, { type: 'sample', sample: sample(groups), processes: new Map(), at });
}

const begun = (): TopState =>
  sampled(initialState('machines', undefined, 1, size, 'h'), { a: 3, b: 2, c: 1 }, 0);

function type(state: TopState, sequence: string, now = 0, key: Key = {}): TopState {
  return press(state, { sequence, name: sequence.toLowerCase(), ...key }, now).state;
}

const names = (state: TopState) => state.rows.map(({ id }) => id.replace('tsmachine/', ''));
const selected = (state: TopState) => state.selected?.replace('tsmachine/', '');

describe('the selection', () => {
  it('is on whatever comes first until somebody moves it', () => {
    expect(selected(begun())).toBe('a');
    expect(selected(sampled(begun(), { a: 1, b: 2, c: 3 }, 1000))).toBe('c');
  });

  it('stays on its machine, not on its row, when the order changes', () => {
    const moved = type(begun(), 'j', 0);
    expect(selected(moved)).toBe('b');
    const later = sampled(moved, { a: 1, b: 2, c: 3 }, 10_000);
    expect([names(later), selected(later)]).toEqual([['c', 'b', 'a'], 'b']);
    const last = sampled(moved, { a: 3, b: 0, c: 3 }, 20_000);
    expect([names(last), selected(last)]).toEqual([['a', 'c', 'b'], 'b']);
  });

  it('holds the order while it is moved, though machines come and go', () => {
    const moved = type(begun(), 'j', 5000);
    const soon = sampled(moved, { a: 0, c: 9, d: 99, b: 5 }, 6000);
    expect(names(soon)).toEqual(['a', 'b', 'c', 'd']);
    expect(names(sampled(soon, { a: 0, c: 9, d: 99, b: 5 }, 9000))).toEqual(['d', 'c', 'b', 'a']);
  });

  it('goes to who stands there when its machine has gone', () => {
    const moved = type(begun(), 'j', 0);
    expect(selected(sampled(moved, { a: 3, c: 1 }, 10_000))).toBe('a');
    expect(selected(sampled(moved, {}, 10_000))).toBeUndefined();
  });

  it('never leaves the list: first, last, pages', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, 100 - index]));
    const state = sampled(initialState('machines', undefined, 1, size, 'h'), many, 0);
    const height = listHeight(size);
    expect(selected(type(state, 'k'))).toBe('m0');
    const bottom = type(state, 'G');
    expect(selected(bottom)).toBe('m99');
    expect(bottom.offset).toBe(100 - height);
    expect(selected(type(bottom, 'j'))).toBe('m99');
    expect(selected(press(state, { name: 'pagedown', sequence: '\x1b[6~' }, 0).state)).toBe(`m${height - 1}`);
    expect(selected(type(bottom, 'g'))).toBe('m0');
  });

  it('stays in sight when the window becomes small', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`m${index}`, 30 - index]));
    let state = sampled(initialState('machines', undefined, 1, { columns: 80, rows: 50 }, 'h'), many, 0);
    state = type(state, 'G');
    state = change(state, { type: 'resize', columns: 60, rows: 15 });
    const index = state.rows.findIndex(({ id }) => id === state.selected);
    expect(index).toBeGreaterThanOrEqual(state.offset);
    expect(index).toBeLessThan(state.offset + listHeight(state.size));
  });
});

describe('a terminal that is not looked at', () => {
  it('has a sample five times less often, and keys that are typed all the same', () => {
    const away = type(begun(), '\x1b[O');
    expect([paceOf(begun()), paceOf(away)]).toEqual([1, 5]);
    expect(selected(type(away, 'j'))).toBe('b');
    expect(paceOf(type(away, '\x1b[I'))).toBe(1);
  });

  it('is no text for the filter', () => {
    const typing = type(type(type(begun(), '/'), 'a'), '\x1b[O');
    expect([typing.filter, typing.focused]).toEqual(['a', false]);
  });
});

describe('keys', () => {
  it('sort by the next column and the other way round, at once', () => {
    const moved = type(begun(), 'j', 0);
    const turned = type(moved, 'R', 1);
    expect(names(turned)).toEqual(['c', 'b', 'a']);
    expect(type(moved, '>').sort).toEqual({ column: 'quota', down: true });
    expect(type(moved, '<').sort).toEqual({ column: 'state', down: true });
  });

  it('type a filter, letter by letter, in which q does not quit', () => {
    let state = type(begun(), '/');
    const { state: typed, wish } = press(state, { sequence: 'q', name: 'q' }, 0);
    expect(wish).toBeUndefined();
    expect(names(typed)).toEqual([]);
    state = press(typed, { name: 'backspace', sequence: '\x7f' }, 0).state;
    state = type(state, 'b');
    expect([names(state), selected(state)]).toEqual([['b'], 'b']);
    state = press(state, { name: 'return', sequence: '\r' }, 0).state;
    expect([state.editing, state.filter]).toEqual([false, 'b']);
    expect(names(press(state, { name: 'escape', sequence: '\x1b' }, 0).state)).toEqual(['a', 'b', 'c']);
  });

  it('Escape never quits; q and Ctrl-C do, Ctrl-Z suspends', () => {
    expect(press(begun(), { name: 'escape', sequence: '\x1b' }, 0).wish).toBeUndefined();
    expect(press(begun(), { name: 'q', sequence: 'q' }, 0).wish).toBe('quit');
    expect(press(begun(), { name: 'c', sequence: '\x03', ctrl: true }, 0).wish).toBe('quit');
    expect(press(begun(), { name: 'z', sequence: '\x1a', ctrl: true }, 0).wish).toBe('suspend');
  });

  it('q leaves the help, not top', () => {
    const helped = type(begun(), '?');
    expect(helped.help).toBe(true);
    const { state, wish } = press(helped, { name: 'q', sequence: 'q' }, 0);
    expect([state.help, wish]).toEqual([false, undefined]);
  });

  it('make the interval longer and shorter, within bounds, and pause', () => {
    expect(type(begun(), '+').interval).toBe(2);
    let state = begun();
    for (let count = 0; count < 9; count += 1) state = type(state, '-');
    expect(state.interval).toBe(0.1);
    expect(type(state, 'p').paused).toBe(true);
  });

  it('expand the selected machine, also from a process of it', () => {
    const expanded = press(begun(), { name: 'return', sequence: '\r' }, 0);
    expect([...expanded.state.expanded]).toEqual(['tsmachine/a']);
    expect(expanded.wish).toBe('sample');
    const process = {
      pid: 7,
      insidePid: 1,
      state: 'S',
      command: 'x',
      threads: 1,
      cores: 0,
      residentBytes: 1,
    };
    let state = settle({ ...expanded.state, processes: new Map([['tsmachine/a', [process]]]) });
    expect(state.rows.map(({ kind }) => kind)).toEqual(['group', 'process', 'group', 'group']);
    state = { ...state, ...type(state, 'j') } as typeof state;
    expect(state.selected).toBe('tsmachine/a\n7');
    const closed = press(state, { name: 'return', sequence: '\r' }, 0).state;
    expect([closed.expanded.size, closed.selected]).toEqual([0, 'tsmachine/a']);
  });
});

describe('all groups of the host', () => {
  it('are a tree until somebody sorts', () => {
    const state = initialState('host', undefined, 1, size, 'h');
    const groups = [group('b', { cpu: { cores: 0 } }), group('a', { cpu: { cores: 9 } })];
    const shown = change(state, { type: 'sample', sample: sample(groups), processes: new Map(), at: 0 });
    expect(names(shown)).toEqual(['b', 'a']);
    expect(type(type(shown, '>'), '<').sort).toBeUndefined();
    expect(type(shown, '>').sort).toEqual({ column: 'name', down: false });
  });
});
