import { describe, expect, it, vi } from 'vitest';
import type { BindOutcome, CopyRequest, TransferResult, UnbindRequest } from '../../src/machines/machines.ts';
import { run } from './stub-machines.ts';

const result: TransferResult = { files: 3, bytes: 2048, skipped: [], skippedCount: 0 };
const copying = (answer = result) => vi.fn(async (_name: string, _request: CopyRequest) => answer);

describe('push and pull', () => {
  it('ask for what the words say, under both names', async () => {
    const [push, pull] = [copying(), copying()];
    const machines = { push, pull };
    expect(await run(['push', 'web', 'a', 'b', '/c', '-p', '--owner', '5:6'], { machines })).toEqual({
      exitCode: 0,
      stdout: 'web: 3 files, 2.0 KiB, pushed to /c\n',
      stderr: '',
    });
    await run(['copy-to', 'web', 'a', '/c', '--owner', '7'], { machines });
    await run(['copy-from', 'web', '/a', '.', '--keep-owners', '--keep-privileges'], { machines });
    expect(push.mock.calls.map(([, request]) => request)).toMatchObject([
      { sources: ['a', 'b'], target: '/c', parents: true, owner: { uid: 5, gid: 6 }, setId: true },
      { sources: ['a'], target: '/c', parents: false, owner: { uid: 7, gid: 7 }, setId: true },
    ]);
    expect(pull.mock.calls[0]).toMatchObject([
      'web',
      { sources: ['/a'], target: '.', owner: 'keep', setId: true },
    ]);
    await run(['pull', 'web', '/a', '.'], { machines });
    expect(pull.mock.calls[1]?.[1]).toMatchObject({ owner: undefined, setId: false });
  });

  it('refuse owners that are none, and one with --keep-owners', async () => {
    const machines = { push: copying() };
    for (const words of [
      ['--owner', 'root'],
      ['--owner', '1:'],
      ['--owner', '4294967295'],
      ['--owner', '1', '--keep-owners'],
    ]) {
      expect((await run(['push', 'web', 'a', '/b', ...words], { machines })).exitCode, words.join(' ')).toBe(
        2,
      );
    }
    expect((await run(['push', 'web', 'a'], { machines })).exitCode).toBe(2);
  });

  it('name what was left out, on one line each, and count what is too much', async () => {
    const skipped = Array.from({ length: 12 }, (_, index) => ({
      why: 'fifo' as const,
      path: `/a\n\u001b${index}`,
    }));
    const pull = copying({ ...result, skipped, skippedCount: 50 });
    const { stderr } = await run(['pull', 'web', '/a', '.'], { machines: { pull } });
    expect(stderr.trimEnd().split('\n')).toHaveLength(11);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toContain('40 more are left out');
    const { stdout } = await run(['--json', 'pull', 'web', '/a', '.'], { machines: { pull } });
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      name: 'web',
      target: '.',
      files: 3,
      bytes: 2048,
      skippedCount: 50,
    });
  });

  it('say nothing on standard output where the file goes', async () => {
    const pull = copying();
    expect((await run(['pull', 'web', '/a', '-'], { machines: { pull } })).stdout).toBe('');
    expect((await run(['--json', 'pull', 'web', '/a', '-'], { machines: { pull } })).exitCode).toBe(2);
  });
});

describe('bind', () => {
  const outcome: BindOutcome = { bind: { source: '/data', path: '/data', readOnly: true }, live: true };

  it('has the same path on both sides unless another one is named', async () => {
    const bind = vi.fn(async (_name: string, _bind: BindOutcome['bind']) => outcome);
    expect(await run(['bind', 'web', '/data', '--read-only'], { machines: { bind } })).toMatchObject({
      stdout: 'web: /data is bound to /data, read-only\n',
    });
    await run(['bind', 'web', '/data', '/srv//x/'], { machines: { bind } });
    expect(bind.mock.calls.map(([, wanted]) => wanted)).toEqual([
      { source: '/data', path: '/data', readOnly: true },
      { source: '/data', path: '/srv/x', readOnly: false },
    ]);
    expect((await run(['bind', 'web', '/data', 'relative'], { machines: { bind } })).exitCode).toBe(2);
  });

  it('is taken away by source and, if given, path', async () => {
    const unbind = vi.fn(async (_name: string, _request: UnbindRequest) => ({ ...outcome, live: false }));
    const alone = await run(['unbind', 'web', '/data'], { machines: { unbind } });
    expect(alone.stdout).toBe('web: /data is not bound any more\n');
    expect(unbind.mock.calls.pop()?.[1]).toEqual({ source: '/data', path: undefined, force: false });
    const { stdout } = await run(['--json', 'bind', 'web', '/data', '--remove', '--force'], {
      machines: { unbind },
    });
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      name: 'web',
      ...outcome.bind,
      removed: true,
      live: false,
    });
    expect(unbind.mock.calls[0]?.[1]).toEqual({ source: '/data', path: undefined, force: true });
  });
});
