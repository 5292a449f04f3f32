import { describe, expect, it } from 'vitest';
import type { FileState } from '../../../src/backends/storage.ts';
import { typesOf, withMachine } from '../../fakes/created-machines.ts';
import { snapshotRequest, work } from '../../fakes/machine-files.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const snapshotted = async () => {
  const fixture = await withMachine();
  const nothing = { comment: undefined, expiresAfterMs: undefined, keep: undefined };
  await fixture.machines.snapshot('web', { ...work, ...nothing, snapshot: 'snap1' });
  return fixture;
};

/** What the backend is asked to compare. */
async function asked(
  { machines, backend }: MachinesFixture,
  from: string,
  to?: string,
  below?: string,
): Promise<readonly [FileState, FileState, string | undefined]> {
  const pairs: [FileState, FileState, string | undefined][] = [];
  backend.storage.changes = async function* (one, other, path) {
    pairs.push([one, other, path]);
    yield* [];
  };
  backend.storage.has = async () => true;
  for await (const _ of machines.diff(from, to, below)) throw new Error('there is nothing');
  if (pairs[0] === undefined) throw new Error('nothing was compared');
  return pairs[0];
}

describe('diff', () => {
  it('of one machine compares it with its image: with the layers that no machine made', async () => {
    const fixture = await snapshotted();
    const [image, now, below] = await asked(fixture, 'web');
    expect(image.tree).toBeUndefined();
    expect(image.layers).toHaveLength(1);
    expect(now.layers.slice(-1)).toEqual(image.layers);
    expect(now.tree).toMatch(/machines\/web\//);
    expect(below).toBe('/');
  });

  it('of a snapshot and a machine goes from the first to the second, below a path if asked', async () => {
    const fixture = await snapshotted();
    const [then, now, below] = await asked(fixture, 'web@snap1', 'web', '/etc');
    expect(then.tree).toBeUndefined();
    expect(now.tree).toBeDefined();
    expect(below).toBe('/etc');
  });

  it('refuses what does not exist, and paths that are none', async () => {
    const { machines } = await snapshotted();
    const look = async (from: string, below?: string) => {
      for await (const _ of machines.diff(from, undefined, below)) throw new Error('there is nothing');
    };
    expect((await caught(() => look('wep'))).code).toBe('no-such-machine');
    expect((await caught(() => look('web@snap2'))).code).toBe('no-such-machine');
    expect((await caught(() => look('web', '../etc'))).code).toBe('usage');
  });

  it('of a path that is in neither is wrong usage, of one that is the same in both nothing', async () => {
    const { machines, backend } = await snapshotted();
    backend.storage.changes = async function* () {
      yield* [];
    };
    backend.storage.has = async ({ tree }, path) =>
      path === '/both' || (path === '/one' && tree === undefined);
    const look = async (below: string) => {
      for await (const _ of machines.diff('web@snap1', 'web', below)) throw new Error('there is nothing');
    };
    await look('/both');
    await look('/one');
    expect(await caught(() => look('/typo'))).toMatchObject({
      code: 'usage',
      message: 'no such path in web@snap1 or web: /typo',
    });
  });

  it('of one file is text, or says that it is none', async () => {
    const { machines, backend } = await snapshotted();
    const contents = (before: string, after: string) => {
      backend.storage.readFile = async ({ tree }) => Buffer.from(tree === undefined ? before : after);
    };
    contents('a\n', 'b\n');
    const { text } = await machines.diffFile('web@snap1', 'web', '/etc/motd');
    expect(text).toContain('--- web@snap1:/etc/motd\n+++ web:/etc/motd\n');
    contents('a\n', 'a\n');
    expect(await machines.diffFile('web@snap1', 'web', '/etc/motd')).toEqual({ text: '', binary: false });
    contents('a\n', 'a\0');
    expect(await machines.diffFile('web@snap1', 'web', '/etc/motd')).toEqual({ text: null, binary: true });
    backend.storage.readFile = async () => undefined;
    expect(await machines.diffFile('web@snap1', 'web', '/etc')).toEqual({ text: null, binary: false });
  });
});

describe('revert', () => {
  const reverting = async (fixture: MachinesFixture) => {
    const reverted: string[] = [];
    fixture.backend.storage.has = async (_state, path) => path !== '/misspelt';
    fixture.backend.storage.revert = async ({ spec }, path, { layers, tree }) => {
      reverted.push(`${spec.name} ${path} ${tree ?? layers.length}`);
    };
    return reverted;
  };

  it('puts paths of a stopped machine back to the image, or to another state', async () => {
    const fixture = await snapshotted();
    const reverted = await reverting(fixture);
    await fixture.machines.revert('web', ['/etc/hosts', '/srv'], undefined, work);
    expect(reverted).toEqual(['web /etc/hosts 1', 'web /srv 1']);
    await fixture.machines.revert('web', ['/etc'], 'web@snap1', work);
    expect(reverted.at(-1)).toMatch(/^web \/etc [12]$/);
    expect((await typesOf(fixture.machines)).filter((type) => type === 'reverted')).toEqual([
      'reverted',
      'reverted',
      'reverted',
    ]);
  });

  it('that is interrupted has not happened, and is no matter of the next command', async () => {
    const fixture = await snapshotted();
    const reverted = await reverting(fixture);
    const { backend, machines } = fixture;
    const controller = new AbortController();
    const { revert } = backend.storage;
    backend.storage.revert = async (_machine, _path, _from, { signal }) => {
      controller.abort();
      signal.throwIfAborted();
    };
    const interrupted = { ...work, signal: controller.signal };
    const error = await caught(() => machines.revert('web', ['/etc', '/srv'], undefined, interrupted));
    expect(error.message).toBe('interrupted; what was half done is undone');
    expect(await typesOf(machines)).not.toContain('reverted');
    backend.storage.revert = revert;
    await machines.snapshot('web', snapshotRequest());
    expect(reverted).toEqual([]);
    expect(await typesOf(machines)).not.toContain('recovered');
  });

  it('refuses a path that is in neither state before any other is put back', async () => {
    const fixture = await snapshotted();
    const reverted = await reverting(fixture);
    const error = await caught(() =>
      fixture.machines.revert('web', ['/etc', '/misspelt'], 'web@snap1', work),
    );
    expect(error).toMatchObject({ code: 'usage', message: 'no such path in web or web@snap1: /misspelt' });
    expect(reverted).toEqual([]);
  });

  it('refuses a running machine, the whole of it, and paths that are none, before anything is touched', async () => {
    const fixture = await withMachine('running');
    const reverted = await reverting(fixture);
    const { machines } = fixture;
    expect((await caught(() => machines.revert('web', ['/etc'], undefined, work))).code).toBe('wrong-state');
    expect((await caught(() => machines.revert('web', ['/srv', '/'], undefined, work))).code).toBe('usage');
    expect((await caught(() => machines.revert('web', ['/srv', 'etc'], undefined, work))).code).toBe('usage');
    expect(reverted).toEqual([]);
  });
});
