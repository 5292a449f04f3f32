/**
 * Real processes, killed at every numbered step (crash-points.ts), on the fake backend: what lies on disk, and what the
 * next command makes of it. The same for real machines is test/host's.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newCommandId } from '../../../src/machines/trash/removed-by.ts';
import { eventsOf } from '../../fakes/created-machines.ts';
import { killedProgram, stepsOf } from '../../fakes/killed-program.ts';
import { work } from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';

const { run, die } = killedProgram();

function names(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

/** Every id range belongs to a machine or a thing in the trash, every machine has one; nothing half-made is left. */
async function expectWhole({ root, machines }: MachinesFixture): Promise<void> {
  const owners = names(join(root, 'ids')).map((base) => readFileSync(join(root, 'ids', base), 'utf8'));
  expect(owners.sort()).toEqual([...(await machines.names()), ...names(join(root, 'trash'))].sort());
  expect(names(join(root, 'staging')).concat(names(join(root, 'intents')))).toEqual([]);
  for (const summary of await machines.list()) {
    expect(summary.state).toBe('stopped');
    expect(readFileSync(join(root, 'machines', summary.name, 'storage', 'hostname'), 'utf8')).toBe(
      summary.name,
    );
  }
}

describe('a create that is killed', () => {
  it.each(stepsOf('create'))(
    'at step %d never shows a half-made machine, and the next create works',
    async (step) => {
      const fixture = makeMachines();
      await die('create', step, [fixture.root, 'web']);
      const made = (await fixture.machines.names()).includes('web');
      expect(made).toBe(step > 6);
      expect((await fixture.machines.list()).every(({ state }) => state === 'stopped')).toBe(true);
      if (made) {
        await fixture.machines.start('web', { ifNeeded: false });
        await fixture.machines.stop('web', { timeoutSeconds: 5 });
      } else {
        await fixture.machines.create(request('web'));
      }
      expect(await fixture.machines.names()).toEqual(['web']);
      await expectWhole(fixture);
    },
  );

  it.each([4, 6])('at step %d is cleaned up by a command on another machine', async (step) => {
    const fixture = makeMachines();
    await die('create', step, [fixture.root, 'web']);
    await fixture.machines.create(request('other'));
    expect(await fixture.machines.names()).toEqual(['other']);
    await expectWhole(fixture);
    expect((await eventsOf(fixture.machines)).map(({ type }) => type)).toEqual(['recovered', 'created']);
  });
});

describe('a pull of an image that is killed', () => {
  it.each(stepsOf('pull'))('at step %d leaves an image or none, and nothing half made', async (step) => {
    const fixture = makeMachines();
    await die('pull', step, [fixture.root]);
    expect(fixture.machines.imageKeys()).toEqual(step > 2 ? ['tiny-hello'] : []);
    await fixture.machines.create(request('web'));
    await expectWhole(fixture);
  });
});

describe('a rename that is killed', () => {
  it.each(stepsOf('rename'))(
    'at step %d leaves one machine, and the next command on it works',
    async (step) => {
      const fixture = makeMachines();
      await fixture.machines.create(request('web'));
      await die('rename', step, [fixture.root, 'web', 'www']);
      expect(await fixture.machines.list()).toHaveLength(1);
      const before = (await fixture.machines.names())[0] ?? '';
      await fixture.machines.changeSettings(before, { 'pids.max': '9' }).catch(() => {});
      const expected = step === 1 ? 'web' : 'www';
      expect(await fixture.machines.names()).toEqual([expected]);
      await fixture.machines.start(expected, { ifNeeded: false });
      await fixture.machines.stop(expected, { timeoutSeconds: 5 });
      await expectWhole(fixture);
    },
  );

  it('does not let another machine take its new name meanwhile', async () => {
    const fixture = makeMachines();
    await fixture.machines.create(request('web'));
    await die('rename', 2, [fixture.root, 'web', 'www']);
    await expect(fixture.machines.create(request('www'))).rejects.toMatchObject({ code: 'exists' });
    expect(await fixture.machines.names()).toEqual(['www']);
    await expectWhole(fixture);
  });
});

describe('a destroy that is killed', () => {
  const cases = stepsOf('destroy').flatMap((step) => [
    [step, 'to the trash'] as const,
    [step, 'now'] as const,
  ]);
  it.each(cases)('at step %d (%s) leaves the machine whole or in the trash', async (step, how) => {
    const fixture = makeMachines();
    await fixture.machines.create(request('web'));
    await die('destroy', step, [fixture.root, 'web', how]);
    expect(await fixture.machines.names()).toEqual(step <= 2 ? ['web'] : []);
    await fixture.machines.create(request('other'));
    expect(await fixture.machines.names()).toEqual(step === 1 ? ['other', 'web'] : ['other']);
    await expectWhole(fixture);
  });
});

describe('a destroy of several that is killed', () => {
  it.each([2, 3, 6])('at step %d of the second is undone as one', async (step) => {
    const fixture = makeMachines();
    const { machines, root } = fixture;
    for (const name of ['one', 'two']) await machines.create(request(name));
    const command = newCommandId();
    await machines.destroy('one', { force: false, now: false, command });
    await die('destroy', step, [root, 'two', 'trash', command]);
    const undone = await machines.undo(work);
    expect(undone.command?.results.map(({ machine }) => machine).sort()).toEqual(['one', 'two']);
    expect(await machines.names()).toEqual(['one', 'two']);
    await expectWhole(fixture);
  });
});

describe('commands in several processes at once', () => {
  it('make one machine of one name, and each its own of many', async () => {
    const fixture = makeMachines();
    const same = await Promise.all([1, 2, 3].map(() => run(['create', fixture.root, 'same'])));
    expect(same.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    const many = await Promise.all(['a', 'b', 'c', 'd'].map((name) => run(['create', fixture.root, name])));
    expect(many.filter(({ code }) => code !== 0)).toEqual([]);
    expect(await fixture.machines.names()).toEqual(['a', 'b', 'c', 'd', 'same']);
    await expectWhole(fixture);
  });
});
