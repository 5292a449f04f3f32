import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellOn } from '../../../../src/backends/nspawn/without-init/shell.ts';

const MARK = 'b6c1b2ac94df4b1b8f0c9e3c5a4d2e10';

// A shell of this host: what reads commands is the same in a machine.
describe('a shell that is given commands', () => {
  it('tells what each said and came to, one after the other', async () => {
    const { run, end } = shellOn(spawn('/bin/sh', []), MARK);
    const said = async (...argv: [string, ...string[]]) => {
      const { exitCode, stdout } = await run(argv);
      return [exitCode, String(stdout)];
    };
    expect(await said('sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual([7, 'out\nerr\n']);
    expect(await said('printf', '%s', "it's $HOME `id` \\ \n\t*")).toEqual([0, "it's $HOME `id` \\ \n\t*"]);
    expect(await said('no-such-command')).toEqual([127, expect.stringContaining('not found')]);
    expect(await said('sh', '-c', 'kill -9 $$')).toEqual([137, expect.any(String)]);
    // Its input is not that of the shell, which would lose the next command.
    expect(await said('cat')).toEqual([0, '']);
    await end();
  });

  it('takes long words, and keeps the beginning of long answers', async () => {
    const { run, end } = shellOn(spawn('/bin/sh', []), MARK);
    const word = 'x'.repeat(80_000);
    expect(String((await run(['sh', '-c', 'printf %s "$#$1" | wc -c', 'sh', word])).stdout).trim()).toBe(
      '80001',
    );
    const { exitCode, stdout } = await run([
      'sh',
      '-c',
      'echo first; head -c 3000000 /dev/zero | tr "\\0" y; exit 9',
    ]);
    expect(exitCode).toBe(9);
    expect(stdout.length).toBeLessThan(200_000);
    expect(String(stdout)).toMatch(/^first\ny/);
    await end();
  });

  it('that is gone says so', async () => {
    const child = spawn('/bin/sh', []);
    const { run } = shellOn(child, MARK);
    child.kill('SIGSTOP');
    const answer = run(['true']);
    child.kill('SIGKILL');
    await expect(answer).rejects.toMatchObject({ code: 'not-running' });
    await expect(run(['true'])).rejects.toMatchObject({ code: 'not-running' });
  });
});
