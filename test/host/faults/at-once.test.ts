/** Several commands at once: on one machine, and on many. */
import { afterEach, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, listed, stateOf } from './store-state.ts';

const host = withRoot();
const many = Array.from({ length: 20 }, (_, index) => `m${index}`);

afterEach(async () => {
  const names = (await listed(host)).map(({ name }) => name);
  if (names.length > 0) await host.done(['destroy', ...names, '--force', '--now']);
});

describe('two commands on one machine', () => {
  it('starts it once: the other is told that it runs or is busy', async () => {
    await host.done(['create', 'web', '-t', 'busybox']);
    const results = await Promise.all([
      host.cli(['start', 'web']),
      host.cli(['start', 'web']),
      host.cli(['start', 'web']),
    ]);
    expect(results.map(({ code }) => code).sort()).toEqual([0, 4, 4]);
    expect(await stateOf(host, 'web')).toBe('running');
  });

  it('start and destroy leave either a running machine or none', async () => {
    for (let round = 0; round < 5; round += 1) {
      await host.done(['create', 'web', '-t', 'busybox']);
      await Promise.all([host.cli(['start', 'web']), host.cli(['destroy', 'web', '--force', '--now'])]);
      expect(['running', 'absent']).toContain(await stateOf(host, 'web'));
      await host.cli(['destroy', 'web', '--force', '--now']);
      expectConsistentStore(host);
    }
  });

  it('creates one name once', async () => {
    const create = () => host.cli(['create', 'web', '-t', 'busybox']);
    const results = await Promise.all([create(), create(), create()]);
    expect(results.filter(({ code }) => code === 0)).toHaveLength(1);
    expectConsistentStore(host);
  });
});

describe('twenty machines', () => {
  it('created by twenty commands at once have twenty disjoint id ranges', async () => {
    const results = await Promise.all(many.map((name) => host.cli(['create', name, '-t', 'busybox'])));
    expect(results.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(many.map(() => '0'));
    expectConsistentStore(host);
  });

  it('start in one command, and stop in one command', async () => {
    for (const name of many) await host.done(['create', name, '-t', 'busybox']);
    await host.done(['start', ...many]);
    expect((await listed(host)).map(({ state }) => state)).toEqual(many.map(() => 'running'));
    await host.done(['kill', ...many]);
    expect((await listed(host)).map(({ state }) => state)).toEqual(many.map(() => 'stopped'));
  });

  it('start in one command though some of them cannot', async () => {
    for (const name of many) await host.done(['create', name, '-t', 'busybox']);
    await host.done(['start', 'm3']);
    await host.done(['set', 'm7', 'init=/no/such/init']);
    const { code, stderr } = await host.cli(['start', ...many, 'nobody']);
    expect(code).toBe(1);
    expect(stderr.split('\n').filter((line) => line.startsWith('tsmachine:'))).toHaveLength(3);
    const expected = many.map((name) => (name === 'm7' ? 'stopped' : 'running'));
    expect(await Promise.all(many.map((name) => stateOf(host, name)))).toEqual(expected);
  });

  it('start by twenty commands at once', async () => {
    for (const name of many) await host.done(['create', name, '-t', 'busybox']);
    const results = await Promise.all(many.map((name) => host.cli(['start', name])));
    expect(results.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(many.map(() => '0'));
    expect((await listed(host)).map(({ state }) => state)).toEqual(many.map(() => 'running'));
  });
});
