/** What goes in and out of a manager's machines, on a fake manager: the real one is tested in test/host/nspawn/access.test.ts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError, type BindMount } from '../../../../src/backends/backend.ts';
import type { MountUser, TransferRequest } from '../../../../src/backends/files.ts';
import type { ManagedAccess } from '../../../../src/backends/manager/access.ts';
import type { CopyRequest } from '../../../../src/machines/file-access.ts';
import { managedAccessVerbs } from '../../../../src/machines/managed/verbs/access.ts';
import { execRequest } from '../../../fakes/exec-request.ts';
import { makeManaged } from '../../../fakes/managed-fixture.ts';
import { caught } from '../../caught.ts';

const running = { state: 'running', pid: 42, monitorPid: 41, startedAt: 1 } as const;

function open() {
  const { managed, manager, root } = makeManaged();
  const mounted = new Map<string, BindMount>();
  const transfers: (readonly [string, TransferRequest])[] = [];
  const failures = new Map<string, Error>();
  let users: readonly MountUser[] = [];
  const fail = (verb: string) => {
    const error = failures.get(verb);
    if (error !== undefined) throw error;
  };
  const carry =
    (verb: string): ManagedAccess['push'] =>
    async (_, request, { counted }) => {
      counted?.({ files: 2, bytes: 10 });
      fail(verb);
      transfers.push([verb, request]);
      return { files: 3, bytes: 12, skipped: [], skippedCount: 0 };
    };
  const access: ManagedAccess = {
    ...manager.access,
    push: carry('push'),
    pull: carry('pull'),
    async bind(_, bind) {
      fail('bind');
      mounted.set(bind.path, bind);
    },
    async unbind(_, path) {
      fail('unbind');
      return mounted.delete(path);
    },
    usersOf: async () => users,
  };
  const settings = {
    ...manager.settings,
    write: async (...given: Parameters<typeof manager.settings.write>) => {
      fail('write');
      return manager.settings.write(...given);
    },
  };
  manager.putImage('web');
  const keeper = { ...manager, access, settings };
  return {
    verbs: managedAccessVerbs({ ...managed, manager: async () => keeper }),
    manager,
    root,
    mounted,
    transfers,
    failures,
    use: (by: readonly MountUser[]) => {
      users = by;
    },
    file: async () => (await manager.settings.read('web')) ?? '',
  };
}

const one = { source: '/usr', path: '/mnt/usr', readOnly: true };
const gone = { path: undefined, force: false };

describe('a bind of a manager’s machine', () => {
  it('is in the settings file and, in a machine that runs, mounted; and the other way round', async () => {
    const { verbs, manager, mounted, file } = open();
    manager.put('web', running);
    expect(await verbs.bind('web', one)).toEqual({ bind: one, live: true });
    expect(await file()).toContain('BindReadOnly=/usr:/mnt/usr:idmap\n');
    expect([...mounted.keys()]).toEqual(['/mnt/usr']);
    expect(await verbs.unbind('web', { source: '/usr', ...gone })).toEqual({ bind: one, live: true });
    expect(await file()).not.toContain('Bind');
    expect(mounted.size).toBe(0);
  });

  it('of one that is stopped is in the file alone, beside what others wrote there', async () => {
    const { verbs, manager, mounted, file } = open();
    await manager.settings.write('web', '[Files]\nBind=/srv:/srv:norbind\n');
    expect((await verbs.bind('web', { ...one, readOnly: false })).live).toBe(false);
    expect(mounted.size).toBe(0);
    expect(await file()).toContain('Bind=/srv:/srv:norbind\nBind=/usr:/mnt/usr:idmap\n');
  });

  it('is both or nothing', async () => {
    const { verbs, manager, mounted, failures, file } = open();
    manager.put('web', running);
    failures.set('bind', new BackendError('failed', 'no'));
    await caught(() => verbs.bind('web', one));
    expect(await file()).not.toContain('Bind');
    failures.clear();
    failures.set('write', new BackendError('failed', 'no'));
    await caught(() => verbs.bind('web', one));
    expect(mounted.size).toBe(0);
    failures.clear();
    await verbs.bind('web', one);
    failures.set('unbind', new BackendError('failed', 'no'));
    await caught(() => verbs.unbind('web', { source: '/usr', ...gone }));
    expect(await file()).toContain('BindReadOnly=');
  });

  it('is not taken from who uses it without force, nor put where something is', async () => {
    const { verbs, manager, use } = open();
    manager.put('web', running);
    await verbs.bind('web', one);
    expect(await caught(() => verbs.bind('web', { ...one, source: '/etc' }))).toMatchObject({
      code: 'exists',
    });
    use([{ pid: 5, name: 'sh' }]);
    expect(await caught(() => verbs.unbind('web', { source: '/usr', ...gone }))).toMatchObject({
      code: 'busy',
    });
    expect((await verbs.unbind('web', { source: '/usr', path: undefined, force: true })).live).toBe(true);
  });
});

describe('files of a manager’s machine', () => {
  const request = (sources: readonly string[], target: string): CopyRequest => ({
    sources,
    target,
    parents: true,
    owner: undefined,
    setId: false,
    progress: () => {},
    signal: new AbortController().signal,
  });

  it('go to its manager with absolute paths, and are told of', async () => {
    const { verbs, transfers } = open();
    expect((await verbs.push('web', request(['/etc/hosts'], '/srv/'))).files).toBe(3);
    expect(transfers).toEqual([
      ['push', expect.objectContaining({ sources: ['/etc/hosts'], target: '/srv', into: true })],
    ]);
  });

  it('make nothing on the host for a machine that is not there', async () => {
    const { verbs, root } = open();
    const target = join(root, 'new', 'folder', 'file');
    expect(await caught(() => verbs.pull('wab', request(['/etc/hosts'], target)))).toMatchObject({
      code: 'no-such-machine',
    });
    expect(existsSync(join(root, 'new'))).toBe(false);
  });

  it('say what was copied before it failed', async () => {
    const { verbs, failures } = open();
    failures.set('pull', new BackendError('not-running', 'web ended meanwhile'));
    expect(await caught(() => verbs.pull('web', request(['/a'], '/tmp/a')))).toMatchObject({
      message: 'web ended meanwhile; 2 files were copied by then',
    });
  });
});

describe('commands and consoles of a manager’s machine', () => {
  it('are its manager’s, whose refusal leaves as an error of the domain', async () => {
    const { verbs, manager } = open();
    const command = execRequest(['true']);
    expect(await caught(() => verbs.exec('web', command))).toMatchObject({
      code: 'wrong-state',
      subject: 'web',
    });
    manager.put('web', running);
    expect((await verbs.exec('web', command)).exitCode).toBe(0);
    expect((await verbs.readConsoleLog('web')).toString()).toBe('console');
    for await (const bytes of verbs.followConsoleLog('web', new AbortController().signal)) {
      expect(bytes.toString()).toBe('console');
    }
  });
});
