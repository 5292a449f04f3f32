import { describe, expect, it, vi } from 'vitest';
import type { StorageWork } from '../../src/backends/storage.ts';
import { MachineError } from '../../src/machines/errors.ts';
import type { TrashSummary } from '../../src/machines/machines.ts';
import { run } from './stub-machines.ts';

const entries: readonly TrashSummary[] = [
  {
    entry: 'web.1770000000000',
    kind: 'machine',
    machine: 'web',
    snapshot: null,
    paths: null,
    removedAt: new Date(Date.now() - 3_600_500).toISOString(),
    keptUntil: new Date(Date.now() + 6 * 86_400_000 + 3_660_000).toISOString(),
  },
  {
    entry: 'db@snap1.1760000000000',
    kind: 'snapshot',
    machine: 'db',
    snapshot: 'snap1',
    paths: null,
    removedAt: new Date(Date.now() - 2 * 86_400_500).toISOString(),
    keptUntil: new Date(Date.now() + 120_500).toISOString(),
  },
];
const trash = async () => entries;
const names = entries.map(({ entry }) => entry);

describe('trash list', () => {
  it('tells what is there, since when and until when', async () => {
    expect((await run(['trash', 'list'], { machines: { trash } })).stdout.split('\n')).toEqual([
      'ENTRY                   KIND      REMOVED  GOES',
      'web.1770000000000       machine   1h ago   in 6d1h',
      'db@snap1.1760000000000  snapshot  2d ago   in 2m',
      '',
    ]);
  });

  it('names the paths of a revert, and leaves the column out where there are none', async () => {
    const [first] = entries;
    const reverted = { ...first, entry: 'web+paths.1', kind: 'paths', paths: ['/etc/hosts', '/srv'] };
    const listed = async () => [...entries, reverted as TrashSummary];
    const lines = (await run(['trash', 'list'], { machines: { trash: listed } })).stdout.split('\n');
    expect(lines[0]).toMatch(/GOES +PATHS$/);
    expect(lines[3]).toMatch(/^web\+paths\.1 +paths .* \/etc\/hosts \/srv$/);
  });

  it('is the list as it is as JSON', async () => {
    const { stdout } = await run(['trash', 'ls', '--json'], { machines: { trash } });
    expect(JSON.parse(stdout)).toEqual({ version: 1, trash: entries });
  });

  it('says that there is nothing', async () => {
    const ran = await run(['trash', 'list'], { machines: { trash: async () => [] } });
    expect(ran).toEqual({ exitCode: 0, stdout: '', stderr: 'the trash is empty\n' });
  });
});

describe('trash restore', () => {
  it('takes an entry out, under another name if asked', async () => {
    const restoreFromTrash = vi.fn(async () => 'web2');
    const words = ['trash', 'restore', 'web.1770000000000', '--as', 'web2'];
    expect((await run(words, { machines: { trash, restoreFromTrash } })).stdout).toBe(
      'web2: web.1770000000000 is back from the trash\n',
    );
    expect(restoreFromTrash).toHaveBeenCalledWith('web.1770000000000', { as: 'web2' }, expect.anything());
    const json = await run([...words, '--json'], { machines: { trash, restoreFromTrash } });
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, entry: 'web.1770000000000', name: 'web2' });
  });
});

describe('trash restore with a name alone', () => {
  async function restored(word: string, there: readonly string[]) {
    const restoreFromTrash = vi.fn(async () => 'web');
    const listed = async () => there.map((entry) => ({ ...entries[0], entry }) as TrashSummary);
    const ran = await run(['trash', 'restore', word], { machines: { trash: listed, restoreFromTrash } });
    return { ...ran, taken: restoreFromTrash.mock.calls.map((call: readonly unknown[]) => call[0]) };
  }

  it('takes the one entry that is meant, and one that is there by its whole name', async () => {
    expect((await restored('web', ['web.17', 'web@snap.17', 'web2.17'])).taken).toEqual(['web.17']);
    expect((await restored('web@snap.1', ['web@snap.1.17', 'web@snap.18'])).taken).toEqual(['web@snap.1.17']);
    expect((await restored('web@snap.1', ['web@snap.1.17', 'web@snap.1'])).taken).toEqual(['web@snap.1']);
    expect((await restored('nothing', ['web.17'])).taken).toEqual(['nothing']);
  });

  it('takes none of several, and names them', async () => {
    const { exitCode, stderr, taken } = await restored('web', ['web.18', 'web.17']);
    expect([exitCode, taken]).toEqual([2, []]);
    expect(stderr).toContain('one of: web.18, web.17');
  });
});

describe('trash empty', () => {
  function stub() {
    const emptyTrash = vi.fn(async (given: { readonly listed: readonly string[] } | readonly string[]) =>
      'listed' in given ? given.listed.length : given.length,
    );
    return { emptyTrash, machines: { trash, emptyTrash } };
  }

  it.each(['y', 'Yes', ' y '])('asks on a terminal and takes %j for yes', async (answer) => {
    const { machines, emptyTrash } = stub();
    const ran = await run(['trash', 'empty'], { machines, terminal: true, answer });
    expect(ran).toEqual({
      exitCode: 0,
      stdout: '2 entries removed for good\n',
      stderr: `  ${names[0]}\n  ${names[1]}\nRemove 2 entries for good? [y/N] `,
    });
    expect(emptyTrash).toHaveBeenCalledExactlyOnceWith({ listed: names }, expect.anything());
  });

  it.each(['', 'n', 'yikes', undefined])('takes %j for no', async (answer) => {
    const { machines, emptyTrash } = stub();
    const given = answer === undefined ? {} : { answer };
    const ran = await run(['trash', 'empty'], { machines, terminal: true, ...given });
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(emptyTrash).not.toHaveBeenCalled();
  });

  it.each([
    ['without a terminal', [], false],
    ['with --json', ['--json'], true],
  ])('needs --yes %s', async (_, options, terminal) => {
    const { machines, emptyTrash } = stub();
    const ran = await run(['trash', 'empty', ...options], { machines, terminal, answer: 'y' });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(emptyTrash).not.toHaveBeenCalled();
    expect((await run(['trash', 'empty', '--yes', ...options], { machines, terminal })).exitCode).toBe(0);
    expect(emptyTrash).toHaveBeenCalledExactlyOnceWith({ listed: names }, expect.anything());
  });

  it('is broken off by Ctrl-C, and says what is left', async () => {
    const emptyTrash = async (_: unknown, work?: StorageWork) => {
      process.emit('SIGINT', 'SIGINT');
      expect(work?.signal.aborted).toBe(true);
      throw new MachineError('failed', 'interrupted; 2 stay in the trash');
    };
    expect(await run(['trash', 'empty', '--yes'], { machines: { trash, emptyTrash } })).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'tsmachine: cannot empty the trash: interrupted; 2 stay in the trash\n',
    });
  });

  it('takes only the entries that were named', async () => {
    const { machines, emptyTrash } = stub();
    const ran = await run(['trash', 'empty', names[1] ?? '', '-y', '--json'], { machines });
    expect(emptyTrash).toHaveBeenCalledExactlyOnceWith([names[1]], expect.anything());
    expect(JSON.parse(ran.stdout)).toEqual({ version: 1, removed: 1 });
  });

  it('asks nothing where there is nothing', async () => {
    const emptyTrash = vi.fn(async () => 0);
    const ran = await run(['trash', 'empty'], { machines: { trash: async () => [], emptyTrash } });
    // What a dead command had begun to remove is removed all the same.
    expect(emptyTrash).toHaveBeenCalledWith({ listed: [] }, expect.anything());
    expect(ran).toEqual({ exitCode: 0, stdout: 'the trash is empty\n', stderr: '' });
  });
});
