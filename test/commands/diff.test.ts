import { describe, expect, it, vi } from 'vitest';
import type { FileAttributes, FileChange } from '../../src/backends/storage.ts';
import { MachineError } from '../../src/machines/errors.ts';
import { run, snapshot } from './stub-machines.ts';

const file = (size: number, mode = 0o644): FileAttributes => ({ type: 'file', mode, uid: 0, gid: 0, size });
const folder: FileAttributes = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 4096 };

const changes: readonly FileChange[] = [
  { path: '/etc/hosts', kind: 'modified', before: file(44), after: file(2048) },
  { path: '/etc/motd', kind: 'deleted', before: file(5), after: undefined },
  { path: '/etc/passwd', kind: 'metadata', before: file(9), after: { ...file(9, 0o600), uid: 1 } },
  { path: '/srv', kind: 'added', before: undefined, after: folder },
  { path: '/var/odd\x1b[2J', kind: 'type', before: file(1), after: folder },
];

function diffOf(all: readonly FileChange[] = changes) {
  return vi.fn(async function* (_from: string, _to: string | undefined, _below: string | undefined) {
    yield* all;
  });
}

describe('diff', () => {
  it('lists what differs, a line each, and nothing that a terminal would obey', async () => {
    const ran = await run(['diff', 'web'], { machines: { diff: diffOf() } });
    expect(ran).toEqual({
      exitCode: 0,
      stdout: `M  /etc/hosts  44 B -> 2.0 KiB
D  /etc/motd  5 B
m  /etc/passwd  owner 0:0 -> 1:0, mode 0644 -> 0600
A  /srv  directory
T  /var/odd\\x1b[2J  file -> directory
`,
      stderr: '',
    });
  });

  it('says of what became a file that it is one', async () => {
    const machines = { diff: diffOf([{ path: '/srv', kind: 'type', before: folder, after: file(0) }]) };
    expect((await run(['diff', 'web'], { machines })).stdout).toBe('T  /srv  directory -> file, 0 B\n');
  });

  it('takes one source or two, and a path behind --', async () => {
    const diff = diffOf([]);
    const machines = { diff };
    expect((await run(['diff', 'web'], { machines })).stderr).toBe('no differences\n');
    await run(['diff', 'web@snap1', 'web'], { machines });
    await run(['diff', 'web@snap1', 'web', '--', '/etc/'], { machines });
    await run(['diff', 'web', '--', '/etc'], { machines });
    expect(diff.mock.calls).toEqual([
      ['web', undefined, undefined],
      ['web@snap1', 'web', undefined],
      ['web@snap1', 'web', '/etc'],
      ['web', undefined, '/etc'],
    ]);
    expect((await run(['diff', 'a', 'b', 'c'], { machines })).exitCode).toBe(2);
    expect((await run(['diff', 'a', '--', '/b', '/c'], { machines })).exitCode).toBe(2);
  });

  it('shows one text file line by line, without what a terminal would obey', async () => {
    const diff = diffOf(changes.slice(0, 1));
    const diffFile = async () => ({ text: '--- a\n+++ b\n@@ -1 +1 @@\n-x\n+\x1b[31my\n', binary: false });
    const ran = await run(['diff', 'web', '--', '/etc/hosts'], { machines: { diff, diffFile } });
    expect(ran.stdout).toBe('--- a\n+++ b\n@@ -1 +1 @@\n-x\n+\\x1b[31my\n');
  });

  it('says so where a file is no text, or too large', async () => {
    const shown = async (binary: boolean) => {
      const machines = { diff: diffOf(changes.slice(0, 1)), diffFile: async () => ({ text: null, binary }) };
      return (await run(['diff', 'web', '--', '/etc/hosts'], { machines })).stdout;
    };
    expect(await shown(true)).toBe('/etc/hosts: binary files differ\n');
    expect(await shown(false)).toBe('/etc/hosts: too large to be shown line by line\n');
  });

  it('is one document as JSON', async () => {
    const ran = await run(['diff', 'web', '--json'], { machines: { diff: diffOf(changes.slice(1, 2)) } });
    expect(JSON.parse(ran.stdout)).toEqual({
      version: 1,
      from: 'image',
      to: 'web',
      path: null,
      changes: [
        {
          path: '/etc/motd',
          kind: 'deleted',
          before: { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 5 },
          after: null,
        },
      ],
    });
  });
});

describe('diff with a snapshot in place of a machine', () => {
  const diff = (from: string, to: string | undefined) => {
    throw new MachineError('no-such-machine', `there is no machine "${to}"`, { subject: to, hint: from });
  };
  const snapshots = async () => [snapshot('before')];

  it('says how a snapshot is written, if the first machine has it', async () => {
    const machines = { diff, snapshots };
    const meant = await run(['diff', 'web', 'before'], { machines });
    expect(meant).toMatchObject({ exitCode: 3 });
    expect(meant.stderr).toContain('tsmachine diff web@before web');
    expect((await run(['diff', 'web', 'other'], { machines })).stderr).toContain('hint: web\n');
  });
});

describe('revert', () => {
  it('puts paths back, from the image or from another state', async () => {
    const revert = vi.fn(async (_name: string, _paths: readonly string[], _from: string | undefined) => {});
    const machines = { revert, diff: diffOf(changes) };
    const ran = await run(['revert', 'web', '/etc/hosts', '/srv/'], { machines });
    expect(ran.stdout).toBe('web: /etc/hosts is again as in its image\nweb: /srv is again as in its image\n');
    await run(['revert', 'web', '/etc', '--from', 'web@snap1'], { machines });
    expect(revert.mock.calls.map((given) => given.slice(0, 3))).toEqual([
      ['web', ['/etc/hosts', '/srv'], undefined],
      ['web', ['/etc'], 'web@snap1'],
    ]);
    expect((await run(['revert', 'web'], { machines })).exitCode).toBe(2);
  });

  it('says of a path that does not differ that it does not, and leaves nothing in the trash for it', async () => {
    const revert = vi.fn(async () => {});
    const diff = vi.fn(async function* (_from: string, _to: string | undefined, path: string | undefined) {
      if (path === '/srv') yield changes[0] as FileChange;
      if (path === '/nowhere') throw new MachineError('usage', 'no such path');
    });
    const machines = { revert, diff };
    const same = await run(['revert', 'web', '/etc/hosts'], { machines });
    expect(same).toMatchObject({
      exitCode: 0,
      stdout: 'web: /etc/hosts does not differ from what it is in its image\n',
    });
    expect(revert).not.toHaveBeenCalled();
    await run(['revert', 'web', '/etc/hosts', '/srv', '--from', 'web@one'], { machines });
    expect(diff).toHaveBeenLastCalledWith('web@one', 'web', '/srv');
    expect(revert).toHaveBeenLastCalledWith('web', ['/srv'], 'web@one', expect.anything());
    await run(['revert', 'web', '/nowhere'], { machines });
    expect(revert).toHaveBeenLastCalledWith('web', ['/nowhere'], undefined, expect.anything());
  });
});
