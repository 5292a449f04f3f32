import { expect, test, vi } from 'vitest';
import type { FileChange } from '../../../src/backends/storage.ts';
import { MachineError } from '../../../src/machines/errors.ts';
import type { Machines, UndoResult } from '../../../src/machines/machines.ts';
import type { Deed } from '../../../src/ui/deeds/deed.ts';
import { createJobs } from '../../../src/ui/store/jobs.ts';
import { createStore } from '../../../src/ui/store/store.ts';
import { machine, shown } from '../shown-state.ts';

const isDown = new MachineError('wrong-state', 'it is not running', {
  subject: 'web',
  hint: 'start it first',
});

/** What is seen when each of them has failed. */
async function seen(error: MachineError, deeds: readonly Deed[], columns = 120) {
  const fail = () => Promise.reject(error);
  const machines = { stop: fail, undo: fail } as Partial<Machines> as Machines;
  const state = shown([machine('web'), machine('db')], { size: { columns, rows: 24 } });
  const store = createStore(state, () => undefined);
  const jobs = createJobs(machines, store, { onDone: async () => undefined, openConsole: () => undefined });
  jobs.run(deeds);
  await jobs.settled();
  const { dialogs, notice } = store.state();
  return { dialogs: dialogs.map(({ kind }) => kind), kind: notice?.kind, text: notice?.text };
}

const stop = (name: string): Deed => ({ verb: 'stop', name });

test('what cannot be done as things are is said in the line at the bottom, as far as it goes', async () => {
  const text = 'cannot stop web: it is not running';
  expect(await seen(isDown, [stop('web')])).toEqual({
    dialogs: [],
    kind: 'hint',
    text: `${text}; start it first`,
  });
  expect(await seen(isDown, [stop('web')], 40)).toMatchObject({ dialogs: [], text });
  expect(await seen(isDown, [stop('web')], 20)).toMatchObject({ dialogs: ['problems'] });
});

test('of several that are asked for, those that failed are listed with their reasons', async () => {
  expect(await seen(isDown, [stop('web'), stop('db')])).toMatchObject({
    dialogs: ['problems'],
    kind: 'failed',
  });
});

test('nothing to undo is said in a line, and what cannot be undone with what can be done instead', async () => {
  const hint = 'destroy, restore, revert and snapshot-remove can be undone, '.repeat(3);
  const nothing = new MachineError('wrong-state', 'there is nothing to undo', { hint });
  expect(await seen(nothing, [{ verb: 'undo' }])).toEqual({
    dialogs: [],
    kind: 'hint',
    text: 'cannot undo: there is nothing to undo',
  });
  const gone = new MachineError('wrong-state', 'web is gone for good', {
    subject: 'web',
    hint: 'restore it',
  });
  expect(await seen(gone, [{ verb: 'undo' }])).toMatchObject({ dialogs: ['problems'], kind: 'failed' });
});

test('what is destroyed in one go is of one command, and undone in one line', async () => {
  const destroy = vi.fn<Machines['destroy']>(async () => ({ purged: [] }));
  const undone = (name: string) => ({ deed: 'destroy', machine: name, snapshot: null }) as const;
  const results: UndoResult[] = [undone('web'), undone('db')];
  const undo = async () => ({ ...undone('web'), command: { id: 'a', results } });
  const store = createStore(shown([machine('web'), machine('db')]), () => undefined);
  const jobs = createJobs({ destroy, undo } as Partial<Machines> as Machines, store, {
    onDone: async () => undefined,
    openConsole: () => undefined,
  });
  jobs.run([
    { verb: 'destroy', name: 'web' },
    { verb: 'destroy', name: 'db' },
  ]);
  await jobs.settled();
  jobs.run([{ verb: 'destroy', name: 'web' }]);
  await jobs.settled();
  const [one, other, alone] = destroy.mock.calls.map(([, { command }]) => command);
  expect(one).toMatch(/^[0-9a-f]{32}$/);
  expect([other, alone]).toEqual([one, undefined]);

  jobs.run([{ verb: 'undo' }]);
  await jobs.settled();
  expect(store.state().notice).toMatchObject({ kind: 'done', text: 'web, db: destroy undone' });

  results.splice(1, 1, { ...undone('db'), error: new MachineError('exists', 'there is one') });
  jobs.run([{ verb: 'undo' }]);
  await jobs.settled();
  const [dialog] = store.state().dialogs;
  const lines = dialog?.kind === 'problems' ? dialog.problems.flatMap((problem) => problem.lines) : [];
  expect(lines.join('\n')).toContain('web: destroy undone\ncannot bring back db: there is one');
});

test('a revert of a path that does not differ says so, and reverts nothing', async () => {
  const revert = vi.fn(async () => undefined);
  const change: FileChange = { path: '/b', kind: 'added', before: undefined, after: undefined };
  async function* diff(from: string, to: string | undefined, path: string | undefined) {
    if (from === 'web@one' && to === 'web' && path === '/b') yield change;
  }
  const store = createStore(shown([machine('web')]), () => undefined);
  const jobs = createJobs({ revert, diff } as Partial<Machines> as Machines, store, {
    onDone: async () => undefined,
    openConsole: () => undefined,
  });
  jobs.run([{ verb: 'revert', name: 'web', path: '/a', from: 'one' }]);
  await jobs.settled();
  expect(store.state().notice?.text).toBe('web: /a does not differ from what it is in web@one');
  expect(revert).not.toHaveBeenCalled();
  jobs.run([{ verb: 'revert', name: 'web', path: '/b', from: 'one' }]);
  await jobs.settled();
  expect(store.state().notice?.text).toBe('web: /b is again as in web@one');
  expect(revert).toHaveBeenCalledWith('web', ['/b'], 'web@one', expect.anything());
});

test('any other failure has a dialog', async () => {
  const failed = new MachineError('failed', 'no', { subject: 'web' });
  expect(await seen(failed, [stop('web')])).toMatchObject({ dialogs: ['problems'], kind: 'failed' });
});
