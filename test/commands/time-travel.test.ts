import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StorageWork } from '../../src/backends/storage.ts';
import { MachineError } from '../../src/machines/errors.ts';
import type { Machines, SnapshotRequest, TakenSnapshot, UndoResult } from '../../src/machines/machines.ts';
import { run, snapshot } from './stub-machines.ts';

const taken: TakenSnapshot = { snapshot: 'snap1', frozenMs: undefined, removed: [] };

function recordSnapshot(outcome: TakenSnapshot = taken) {
  return vi.fn(async (_name: string, _request: SnapshotRequest) => outcome);
}

describe('snapshot', () => {
  it('asks for what the words say', async () => {
    const take = recordSnapshot();
    const options = ['--comment', 'all is well', '--expires', '7d', '--keep', '3'];
    await run(['snapshot', 'web', 'before', ...options], { machines: { snapshot: take } });
    await run(['snapshot', 'web'], { machines: { snapshot: take } });
    expect(take.mock.calls).toMatchObject([
      ['web', { snapshot: 'before', comment: 'all is well', expiresAfterMs: 7 * 86_400_000, keep: 3 }],
      ['web', { snapshot: undefined, comment: undefined, expiresAfterMs: undefined, keep: undefined }],
    ]);
  });

  it('says what was taken, how long the machine stood still, and what went', async () => {
    const take = recordSnapshot({ snapshot: 'snap3', frozenMs: 12.3, removed: ['snap1', 'snap2'] });
    expect(await run(['snapshot', 'web'], { machines: { snapshot: take } })).toEqual({
      exitCode: 0,
      stdout:
        'web: snapshot snap3 taken, frozen for 12 ms\nweb: snapshot snap1 removed, for good\nweb: snapshot snap2 removed, for good\n',
      stderr: '',
    });
    const json = await run(['snapshot', 'web', '--json'], { machines: { snapshot: take } });
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      name: 'web',
      snapshot: 'snap3',
      frozenMs: 12.3,
      removed: ['snap1', 'snap2'],
    });
  });

  it('says nothing of standing still where nothing ran', async () => {
    const machines = { snapshot: recordSnapshot() };
    expect((await run(['snapshot', 'web'], { machines })).stdout).toBe('web: snapshot snap1 taken\n');
    expect(JSON.parse((await run(['snapshot', 'web', '--json'], { machines })).stdout)).toMatchObject({
      frozenMs: null,
    });
  });
});

describe('snapshot --due', () => {
  const due = [
    { machine: 'db', taken: 'daily-1', removed: ['daily-0'], error: null },
    { machine: 'web', taken: null, removed: [], error: 'the disk is full' },
    { machine: 'old', taken: null, removed: [], error: null },
  ];

  it('tells of each that was taken or removed, and fails if one did', async () => {
    const ran = await run(['snapshot', '--due'], { machines: { takeDueSnapshots: async () => due } });
    expect(ran).toEqual({
      exitCode: 1,
      stdout: 'db: snapshot daily-1 taken\ndb: snapshot daily-0 removed\n',
      stderr: 'tsmachine: cannot snapshot web: the disk is full\n',
    });
  });

  it('gives an outcome for each machine as JSON', async () => {
    const machines = { takeDueSnapshots: async () => due };
    const ran = await run(['snapshot', '--due', '--json'], { machines });
    expect(JSON.parse(ran.stdout).results).toEqual([
      { name: 'db', ok: true, snapshot: 'daily-1', removed: ['daily-0'] },
      {
        name: 'web',
        ok: false,
        snapshot: null,
        removed: [],
        error: { code: 'failed', attempt: 'snapshot web', message: 'the disk is full' },
      },
      { name: 'old', ok: true, snapshot: null, removed: [] },
    ]);
  });

  it('is silent when nothing was due', async () => {
    const ran = await run(['snapshot', '--due'], { machines: { takeDueSnapshots: async () => [] } });
    expect(ran).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

describe('snapshots', () => {
  const [fresh, torn] = [snapshot('fresh', { current: true }), snapshot('torn', { parent: 'fresh' })];
  const machines = {
    snapshots: async () => [fresh],
    snapshotBytes: async () => new Map([['fresh', 2048]]),
  };

  it.each([
    ['boxes on a UTF-8 terminal', true, { LANG: 'C.UTF-8' }, '└ you are here'],
    ['boxes where LC_ALL says so', true, { LANG: 'C', LC_ALL: 'en_GB.utf8' }, '└ you are here'],
    ['ASCII on another terminal', true, { LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, '* you are here'],
    ['ASCII in a pipe', false, { LANG: 'C.UTF-8' }, '* you are here'],
  ])('has %s', async (_, terminal, environment, line) => {
    const ran = await run(['snapshots', 'web', '--no-color'], { machines, terminal, environment });
    expect(ran.stdout.split('\n')[2]).toBe(line);
  });

  it('is the list as JSON, with sizes as far as they are known', async () => {
    const both = { ...machines, snapshots: async () => [fresh, torn] };
    const { stdout } = await run(['snapshots', 'web', '--json'], { machines: both });
    const sized = [
      { ...fresh, bytes: 2048 },
      { ...torn, bytes: null },
    ];
    expect(JSON.parse(stdout)).toEqual({ version: 1, name: 'web', snapshots: sized });
  });

  it('says that there are none', async () => {
    const ran = await run(['snapshots', 'web'], { machines: { ...machines, snapshots: async () => [] } });
    expect(ran).toEqual({ exitCode: 0, stdout: '', stderr: 'no snapshots\n' });
  });
});

describe('restore', () => {
  it('says where the state before it is, and how to go back', async () => {
    const restore = vi.fn(async (_name: string, _snapshot: string, _work: StorageWork) => 'auto1');
    expect((await run(['restore', 'web', 'fresh'], { machines: { restore } })).stdout).toBe(
      'web: restored to fresh; what it was before is kept as auto1\nto go back: tsmachine undo\n',
    );
    expect(restore.mock.calls[0]?.slice(0, 2)).toEqual(['web', 'fresh']);
    const json = await run(['restore', 'web', 'fresh', '--json'], { machines: { restore } });
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, name: 'web', snapshot: 'fresh', kept: 'auto1' });
  });

  it('of a running machine is the wrong state for it', async () => {
    const restore = async () => {
      throw new MachineError('wrong-state', 'it is running', { hint: 'stop it first' });
    };
    expect(await run(['restore', 'web', 'fresh'], { machines: { restore } })).toEqual({
      exitCode: 4,
      stdout: '',
      stderr: 'tsmachine: cannot restore web: it is running\nhint: stop it first\n',
    });
  });
});

describe('snapshot-remove', () => {
  it.each([
    [[], false, 'kept in the trash'],
    [['--now'], true, 'for good'],
  ])('with %j', async (options, now, words) => {
    const removeSnapshots = vi.fn(async () => ({ purged: [] }));
    const ran = await run(['snapshot-remove', 'web', 'a', 'b', 'a', ...options], {
      machines: { removeSnapshots },
    });
    expect(removeSnapshots).toHaveBeenCalledExactlyOnceWith('web', ['a', 'b'], { now }, expect.anything());
    expect(ran.stdout).toBe(`web: snapshot a removed, ${words}\nweb: snapshot b removed, ${words}\n`);
  });
});

describe('NAME@SNAPSHOT', () => {
  it('says to snapshot, restore and snapshot-remove what NAME SNAPSHOT says', async () => {
    const taken = vi.fn(async () => ({ snapshot: 'a', frozenMs: undefined, removed: [] }));
    const restore = vi.fn(async () => 'before-restore-1');
    const removeSnapshots = vi.fn(async () => ({ purged: [] }));
    const machines = { snapshot: taken, restore, removeSnapshots };
    await run(['snapshot', 'web@a'], { machines });
    await run(['restore', 'web@a.b'], { machines });
    await run(['snapshot-remove', 'web@a'], { machines });
    expect(taken).toHaveBeenCalledWith('web', expect.objectContaining({ snapshot: 'a' }));
    expect(restore).toHaveBeenCalledWith('web', 'a.b', expect.anything());
    expect(removeSnapshots).toHaveBeenCalledWith('web', ['a'], { now: false }, expect.anything());
  });

  it.each(['restore', 'snapshot-remove'])('or a snapshot must be given to %s', async (command) => {
    const ran = await run([command, 'web']);
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('tsmachine snapshots web') });
  });
});

describe('what the bounds of the trash push out', () => {
  const purged = [
    { entry: 'db.1700000000000', bytes: 3 * 2 ** 30 },
    { entry: 'x@y.1700000000001', bytes: null },
  ];
  const machines = { removeSnapshots: async () => ({ purged }), destroy: async () => ({ purged }) };
  const lines = [
    'trash: db.1700000000000 (3.0 GiB) went for good: too old, too many or too large',
    'trash: x@y.1700000000001 went for good: too old, too many or too large',
    '',
  ];

  it('is told by snapshot-remove and destroy', async () => {
    const snapshots = await run(['snapshot-remove', 'web', 'a'], { machines });
    expect(snapshots.stdout.split('\n').slice(1)).toEqual(lines);
    const destroyed = await run(['destroy', 'web'], { machines });
    expect(destroyed.stdout.split('\n').slice(1)).toEqual(lines);
  });

  it('is in their JSON', async () => {
    const snapshots = await run(['snapshot-remove', 'web', 'a', '--json'], { machines });
    expect(JSON.parse(snapshots.stdout)).toEqual({ version: 1, name: 'web', removed: ['a'], purged });
    const destroyed = await run(['destroy', 'web', '--json'], { machines });
    expect(JSON.parse(destroyed.stdout).results).toEqual([{ name: 'web', ok: true, purged }]);
  });
});

describe('clone', () => {
  it('passes on where from, where to, and whose identity', async () => {
    const clone = vi.fn(async () => undefined);
    const ran = await run(['copy', 'web@fresh', 'trial', '--keep-identity'], { machines: { clone } });
    expect(clone).toHaveBeenCalledWith('web@fresh', 'trial', expect.objectContaining({ keepIdentity: true }));
    expect(ran).toEqual({ exitCode: 0, stdout: 'web@fresh: cloned to trial\n', stderr: '' });
  });

  it('starts it if asked, and keeps it if that fails', async () => {
    const clone = async () => undefined;
    const start = vi.fn(async () => true);
    const words = ['clone', 'web', 'trial', '--start'];
    expect((await run(words, { machines: { clone, start } })).stdout).toBe(
      'web: cloned to trial\ntrial: started\n',
    );
    start.mockRejectedValue(new MachineError('failed', 'no room'));
    expect(await run([...words, '--json'], { machines: { clone, start } })).toMatchObject({
      exitCode: 1,
      stdout: '{"version":1,"name":"trial","clonedFrom":"web","started":false}\n',
    });
  });

  it('that is complete when Ctrl-C comes stays, and is not started', async () => {
    const clone = async () => {
      process.emit('SIGINT', 'SIGINT');
    };
    const ran = await run(['clone', 'web', 'trial', '--start'], { machines: { clone } });
    expect(ran).toEqual({ exitCode: 130, stdout: 'web: cloned to trial\n', stderr: '' });
  });
});

describe('undo', () => {
  it.each([
    ['destroy', null, 'is back from the trash'],
    ['restore', 'auto1', 'is again what it was before the restore: auto1'],
    ['snapshot-remove', 'fresh', 'snapshot fresh is back from the trash'],
  ] as const)('of %s says what it undid', async (deed, of, words) => {
    const machines = { undo: async () => ({ deed, machine: 'web', snapshot: of }) };
    expect((await run(['undo'], { machines })).stdout).toBe(`web: ${words}\n`);
    expect(JSON.parse((await run(['undo', '--json'], { machines })).stdout)).toEqual({
      version: 1,
      name: 'web',
      deed,
      snapshot: of,
    });
  });
});

describe('undo of a command that removed several', () => {
  const undone = (machine: string) => ({ deed: 'destroy', machine, snapshot: null }) as const;
  const taken = new MachineError('exists', 'there is a machine "db" already', { subject: 'db', hint: 'x' });
  const undoing = (...results: readonly UndoResult[]) => ({
    machines: { undo: async () => ({ ...undone('web'), command: { id: 'a', results } }) },
  });

  it('says each on its line, and what did not come back', async () => {
    expect(await run(['undo'], undoing(undone('web'), undone('db')))).toMatchObject({
      exitCode: 0,
      stdout: 'web: is back from the trash\ndb: is back from the trash\n',
    });
    expect(await run(['undo'], undoing(undone('web'), { ...undone('db'), error: taken }))).toEqual({
      exitCode: 1,
      stdout: 'web: is back from the trash\n',
      stderr: 'tsmachine: cannot bring back db: there is a machine "db" already\nhint: x\n',
    });
    expect(await run(['undo'], undoing({ ...undone('db'), error: taken }))).toMatchObject({
      exitCode: 1,
      stderr: 'tsmachine: cannot undo: there is a machine "db" already\nhint: x\n',
    });
  });

  it('has them all in its document', async () => {
    const { stdout } = await run(
      ['undo', '--json'],
      undoing(undone('web'), { ...undone('db'), error: taken }),
    );
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'web',
      deed: 'destroy',
      snapshot: null,
      results: [
        { name: 'web', deed: 'destroy', snapshot: null, ok: true },
        { name: 'db', ok: false, error: { code: 'exists', attempt: 'bring back db' } },
      ],
    });
  });

  it('is made by a destroy of several, and not by one of one', async () => {
    const destroy = vi.fn<Machines['destroy']>(async () => ({ purged: [] }));
    await run(['destroy', 'web', 'db'], { machines: { destroy } });
    await run(['destroy', 'web'], { machines: { destroy } });
    const [one, other, alone] = destroy.mock.calls.map(([, { command }]) => command);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect([other, alone]).toEqual([one, undefined]);
  });
});

describe('long work on files', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const copyForTwoSeconds = async (_: string, { progress }: SnapshotRequest): Promise<TakenSnapshot> => {
    progress({ done: 0, total: 4096, unit: 'bytes' });
    vi.advanceTimersByTime(1000);
    progress({ done: 1024, total: 4096, unit: 'bytes' });
    vi.advanceTimersByTime(1000);
    return taken;
  };

  it('draws its progress on a terminal, and leaves none of it', async () => {
    const machines = { snapshot: copyForTwoSeconds };
    const { stderr } = await run(['snapshot', 'web'], { machines, terminal: true });
    expect(stderr).toContain('\r\x1b[?7lcopying 1.0 KiB of 4.0 KiB, ');
    expect(stderr.endsWith('\r\x1b[K')).toBe(true);
    expect(stderr).not.toContain('\n');
  });

  it.each([
    ['in a pipe', false, [], {}],
    ['with --quiet', true, ['--quiet'], {}],
    ['with --json', true, ['--json'], {}],
    ['on a terminal that cannot', true, [], { TERM: 'dumb' }],
  ])('draws nothing %s', async (_, terminal, options, environment) => {
    const machines = { snapshot: copyForTwoSeconds };
    const ran = await run(['snapshot', 'web', ...options], { machines, terminal, environment });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('is undone by Ctrl-C, and draws nothing any more', async () => {
    const restore = async (_name: string, _snapshot: string, { signal, progress }: StorageWork) => {
      progress({ done: 1, total: 2, unit: 'files' });
      vi.advanceTimersByTime(1500);
      process.emit('SIGINT', 'SIGINT');
      expect(signal.aborted).toBe(true);
      throw new MachineError('failed', 'interrupted; what was half done is undone');
    };
    const ran = await run(['restore', 'web', 'fresh'], { machines: { restore }, terminal: true });
    expect(ran).toMatchObject({ exitCode: 130, stdout: '' });
    const said = 'tsmachine: cannot restore web: interrupted; what was half done is undone\n';
    expect(ran.stderr.endsWith(`\r\x1b[K${said}`)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
