import { expect, test } from 'vitest';
import type { SettingsFile } from '../../../src/files/settings-file.ts';
import { firstTheme } from '../../../src/ui/settings/first-theme.ts';
import { applySettings, keepSettings, readSettings } from '../../../src/ui/settings/kept-settings.ts';
import { parseSettings } from '../../../src/ui/settings/settings.ts';
import { createStore } from '../../../src/ui/store/store.ts';
import { machine, shown } from '../shown-state.ts';

const path = '/home/eve/.config/tsmachine/dashboard.json';
const parse = (value: unknown) => parseSettings(JSON.stringify(value), path);

test('all that may stand in the file is taken over', () => {
  const settings = parse({
    theme: 'light',
    glyphs: 'ascii',
    sort: { column: 'memory', down: true },
    columns: ['memory', 'throttled'],
    interval: 2,
    keys: { stop: 'ctrl-s', start: ['b', 'f5'] },
    leader: '^a',
  });
  const state = applySettings(shown([]), settings);
  expect(state).toMatchObject({
    sort: { column: 'memory', down: true },
    columns: ['memory', 'throttled'],
    remapped: { stop: ['ctrl-s'], start: ['b', 'f5'] },
    leader: { label: 'Ctrl-a' },
  });
});

test.each([
  [{ colour: 'red' }, 'there is no setting colour'],
  [{ themes: 'light' }, 'there is no setting themes; did you mean theme?'],
  [{ theme: 'pink' }, 'theme: '],
  [{ interval: 0 }, 'interval: '],
  [{ columns: ['cpu', 'age'] }, 'columns.1: '],
  [{ leader: 'none' }, 'leader: must be a control key such as ^] or ^a'],
  [{ keys: { stpo: 'x' } }, 'keys: there is no action stpo; did you mean stop?'],
  [{ keys: { stop: 'b' } }, 'keys: two actions want one key: b: start and stop (everywhere)'],
])('%j is refused with the path and what is wrong', (value, words) => {
  expect(() => parse(value)).toThrowError(
    expect.objectContaining({ code: 'invalid-config', path, message: expect.stringContaining(words) }),
  );
});

test('what is no JSON is refused with the path', () => {
  expect(() => parseSettings('{', path)).toThrowError(
    expect.objectContaining({ code: 'invalid-config', hint: expect.stringContaining(path) }),
  );
});

test('a key that was given to another action does what it was given for', () => {
  const state = applySettings(shown([machine('web')]), parse({ keys: { stop: 'ctrl-s' } }));
  const effects: unknown[] = [];
  const store = createStore(state, (effect) => void effects.push(effect));
  store.press({ name: 's', text: 's' });
  expect(effects).toEqual([]);
  store.press({ name: 'ctrl-s', text: '' });
  expect(effects).toMatchObject([{ deeds: [{ verb: 'stop', name: 'web' }] }]);
});

function fileWith(text: string | undefined): SettingsFile & { readonly written: string[] } {
  const written: string[] = [];
  return { path, read: () => text, write: (content) => written.push(content), written };
}

test('what is changed is written beside what stood there, and nothing is written otherwise', () => {
  const file = fileWith('{"interval": 2}');
  const settings = readSettings(file);
  const store = createStore(applySettings(shown([machine('web')]), settings), () => undefined);
  keepSettings(store, settings, file);
  store.press({ name: 'down', text: '' });
  expect(file.written).toEqual([]);
  for (const name of [':', ...'theme light', 'enter'])
    store.press({ name, text: name.length === 1 ? name : '' });
  expect(file.written.map((text) => JSON.parse(text))).toEqual([{ interval: 2, theme: 'light' }]);
});

test('settings that cannot be written are said not to be kept, and all goes on', () => {
  const file = {
    ...fileWith(undefined),
    write: () => {
      throw new Error('ENOSPC: no space left on device');
    },
  };
  const store = createStore(shown([machine('web')]), () => undefined);
  keepSettings(store, readSettings(file), file);
  store.press({ name: 'R', text: 'R' });
  expect(store.state()).toMatchObject({ sort: { down: true }, notice: { kind: 'failed' } });
  expect(store.state().notice?.text).toContain('ENOSPC');
});

test('the command line goes before NO_COLOR, and NO_COLOR before what is kept', () => {
  const asked = { theme: undefined, colour: true, unicode: true };
  expect(firstTheme(asked, {}).name).toBe('dark');
  expect(firstTheme(asked, { theme: 'light' }).name).toBe('light');
  expect(firstTheme({ ...asked, colour: false }, { theme: 'light' }).name).toBe('none');
  expect(firstTheme({ ...asked, colour: false, theme: 'dark' }, { theme: 'light' }).name).toBe('dark');
  expect(firstTheme(asked, { glyphs: 'ascii' }).unicode).toBe(false);
  expect(() => firstTheme({ ...asked, theme: 'drak' }, {})).toThrowError(
    expect.objectContaining({ code: 'usage', hint: 'did you mean dark?' }),
  );
});
