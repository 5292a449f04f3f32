import { expect, test } from 'vitest';
import { shellWords, typedCommand } from '../../../src/ui/dialogs/typed-command.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { machine, shown } from '../shown-state.ts';

const state = { ...shown([machine('web'), machine('db')]), templates: ['busybox', 'debian'] };

function effects(line: string, from: DashboardState = state) {
  const typed = typedCommand(line, from, 0);
  return typed?.kind === 'ready' ? typed.pressed.effects : typed;
}

test('a command is taken as the command line takes it', () => {
  expect(effects('set web memory.max=1G cpu.max=50%')).toEqual([
    {
      type: 'deeds',
      deeds: [{ verb: 'set', name: 'web', settings: { 'memory.max': '1G', 'cpu.max': '50%' } }],
    },
  ]);
  expect(effects("snapshot web before -m 'all is well'")).toEqual([
    { type: 'deeds', deeds: [{ verb: 'snapshot', name: 'web', snapshot: 'before', comment: 'all is well' }] },
  ]);
  expect(effects('create new -t debian --set memory.max=1G --start')).toEqual([
    {
      type: 'deeds',
      deeds: [
        { verb: 'create', name: 'new', template: 'debian', settings: { 'memory.max': '1G' }, start: true },
      ],
    },
  ]);
});

test('what has no place here is run on the whole terminal, as it was typed', () => {
  const commands = [{ names: ['export'], summary: 'put a machine into an archive' }];
  expect(effects('export web "my file.tar"', { ...state, commands })).toEqual([
    { type: 'run-here', words: ['export', 'web', 'my file.tar'] },
  ]);
  expect(effects('export', { ...state, commands })).toMatchObject([{ words: ['export'] }]);
  expect(effects('exp', { ...state, commands })).toBeUndefined();
  expect(effects('export web f', { ...state, commands, readOnly: true })).toMatchObject({ kind: 'wrong' });
});

test('several names are several deeds, and the names that a hand knows work too', () => {
  expect(effects('tsmachine poweroff web db')).toEqual([
    {
      type: 'deeds',
      deeds: [
        { verb: 'stop', name: 'web' },
        { verb: 'stop', name: 'db' },
      ],
    },
  ]);
});

test('what cannot be taken back easily is asked for all the same', () => {
  const typed = typedCommand('rm web', state, 0);
  expect(typed?.kind === 'ready' && typed.pressed.state.dialogs).toMatchObject([{ wanted: 'web' }]);
  expect(typedCommand('kill web', state, 0)).toMatchObject({ pressed: { effects: [] } });
});

test('what is wrong is told before Enter is pressed, with the nearest that is right', () => {
  expect(typedCommand('start wen', state, 0)).toMatchObject({
    kind: 'wrong',
    problem: 'there is no machine "wen": did you mean web?',
  });
  expect(typedCommand('set web memory', state, 0)).toMatchObject({ kind: 'wrong' });
  expect(typedCommand('set web memory.max=1X', state, 0)).toMatchObject({
    kind: 'wrong',
    problem: expect.stringContaining('memory.max: "1X" is not allowed'),
  });
  expect(typedCommand('create new --set cpu.max=much', state, 0)).toMatchObject({ kind: 'wrong' });
  expect(typedCommand('snapshot web --colour red', state, 0)).toMatchObject({ kind: 'wrong' });
  expect(typedCommand('snapshot web not/one', state, 0)).toMatchObject({ kind: 'wrong' });
  expect(typedCommand('theme lihgt', state, 0)).toMatchObject({
    problem: 'there is no choice "lihgt": did you mean light?',
  });
});

test('a word alone is looked for among all commands', () => {
  expect(typedCommand('start', state, 0)).toBeUndefined();
  expect(typedCommand('nonsense at all', state, 0)).toBeUndefined();
});

test('where nothing may be changed only what changes nothing is taken', () => {
  const locked = { ...state, readOnly: true };
  expect(typedCommand('start web', locked, 0)).toMatchObject({ kind: 'wrong' });
  const typed = typedCommand('sort memory', locked, 0);
  expect(typed).toMatchObject({ pressed: { state: { sort: { column: 'memory', down: true } } } });
});

test('quotes keep a word together', () => {
  expect(shellWords(`set web x="a b"c 'd e' f`)).toEqual(['set', 'web', 'x=a bc', 'd e', 'f']);
  expect(shellWords('"not closed')).toEqual(['not closed']);
});

test('files go in and out, and host folders are bound, as on the command line', () => {
  const copy = { sources: ['a', 'b/.'], target: '/srv/' };
  expect(effects('push web a b/. /srv/ -p')).toEqual([
    { type: 'deeds', deeds: [{ verb: 'push', name: 'web', ...copy, parents: true }] },
  ]);
  expect(effects('copy-from web a b/. /srv/')).toEqual([
    { type: 'deeds', deeds: [{ verb: 'pull', name: 'web', ...copy, parents: false }] },
  ]);
  expect(effects('bind web /data --read-only')).toEqual([
    { type: 'deeds', deeds: [{ verb: 'bind', name: 'web', source: '/data', path: '/data', readOnly: true }] },
  ]);
  expect(effects('bind web /data --remove')).toEqual([
    { type: 'deeds', deeds: [{ verb: 'unbind', name: 'web', source: '/data' }] },
  ]);
  for (const line of ['push web - /a', 'push nobody a /a', 'bind web data'])
    expect(effects(line), line).toMatchObject({ kind: 'wrong' });
});
