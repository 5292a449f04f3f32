import { describe, expect, it } from 'vitest';
import { run } from '../stub-machines.ts';

async function asked(...words: string[]) {
  const { stdout, stderr, exitCode } = await run(words);
  return {
    exitCode,
    stderr,
    request: stdout.startsWith('remotely ') ? JSON.parse(stdout.slice(9)) : undefined,
  };
}

describe('--host', () => {
  it.each([
    [['--host', 'root@there', 'list', '--json']],
    [['list', '--json', '--host=root@there']],
    [['-H', 'root@there', 'list', '--json']],
  ])('carries the command out there, without itself: %j', async (words) => {
    expect((await asked(...words)).request).toMatchObject({
      destination: 'root@there',
      name: 'list',
      words: ['list', '--json'],
    });
  });

  it('knows arguments from options and their values, also in a group', async () => {
    expect(
      (await asked('push', '--owner', '5', 'web', 'a', '--parents', '/x', '--host', 'h')).request,
    ).toMatchObject({
      words: ['push', '--owner', '5', 'web', 'a', '--parents', '/x'],
      positions: [3, 4, 6],
    });
    expect((await asked('--host', 'h', 'trash', 'restore', 'web.1', '--as', 'x')).request).toMatchObject({
      name: 'restore',
      positions: [2],
    });
  });

  it('leaves the words of a command in a machine alone', async () => {
    const { request } = await asked('--host', 'h', 'exec', 'web', 'curl', '--host', 'x', '-H', 'y');
    expect(request.words).toEqual(['exec', 'web', 'curl', '--host', 'x', '-H', 'y']);
  });

  it('is told where it belongs when it stands between the machine and the command', async () => {
    const { exitCode, stderr } = await asked('exec', 'web', '--host', 'h', '--', 'true');
    expect(exitCode).toBe(125);
    expect(stderr).toContain('tsmachine exec --host h');
  });

  it('tells of wrong usage here, and connects to nobody', async () => {
    const { exitCode, request } = await asked('--host', 'h', 'start', 'web', '--nonsense');
    expect([exitCode, request]).toEqual([2, undefined]);
  });

  it('has nothing to do with completion scripts', async () => {
    expect((await run(['--host', 'h', 'completion', 'bash'])).stdout).toContain('complete');
  });
});
