/** Throw-away machines: whoever dies, and of whatever, nothing of them stays. What is left of any process fails the file (withRoot). */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtCli, collect } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const names = () => readdirSync(join(host.root, 'machines'));

function run(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const env = { ...process.env, ...host.env };
  return spawn(process.execPath, [builtCli, 'run', 'busybox', ...args], { env, stdio: 'pipe' });
}

/** Resolves when the command has said so. */
function ready(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  return new Promise((resolve) => child.stdout.once('data', resolve));
}

beforeAll(() => host.done(['create', 'web', '-t', 'busybox']));

describe('run', () => {
  it('passes streams and the exit code through, as the user and in the directory asked for', async () => {
    const script = 'cat; echo err >&2; pwd; id -u; echo $A; exit 7';
    const child = run('-u', '65534', '-w', '/tmp', '-e', 'A=b', '--name', 'job', '--', 'sh', '-c', script);
    child.stdin.end('in\n');
    expect(await collect(child)).toMatchObject({ code: 7, stdout: 'in\n/tmp\n65534\nb\n', stderr: 'err\n' });
    expect(names()).toEqual(['web']);
  });

  it.each([
    ['a command that is not there', ['nothing'], 127],
    ['one that cannot be executed', ['/etc/passwd'], 126],
    ['one that a signal ended', ['sh', '-c', 'kill -9 $$'], 137],
  ])('exits as a shell does after %s', async (_, words, code) => {
    expect((await collect(run('--', ...words))).code).toBe(code);
  });

  it('exits with 125 if it is itself to blame', async () => {
    const { code, stderr } = await collect(run('--set', 'memory.max=none', '--', 'true'));
    expect({ code, stderr }).toMatchObject({ code: 125, stderr: expect.stringContaining('memory.max') });
    expect((await host.cli(['run', 'nothing', 'true'])).code).toBe(125);
  });

  it('reaps what its command leaves behind', async () => {
    const script =
      '(sh -c "sleep 0.1" &); sleep 0.5; grep -c "^State:.Z" /proc/[0-9]*/status | grep -c ":1$"';
    expect((await collect(run('--', 'sh', '-c', script))).stdout).toBe('0\n');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('hands %s on to the command', async (signal) => {
    const word = signal.slice(3);
    const child = run('--', 'sh', '-c', `trap "exit 42" ${word}; echo ready; sleep 100 & wait`);
    const ended = collect(child);
    await ready(child);
    child.kill(signal);
    expect((await ended).code).toBe(42);
    expect(names()).toEqual(['web']);
  });

  it('leaves nothing when it is killed', async () => {
    const child = run('--', 'sh', '-c', 'trap "" HUP TERM; echo ready; sleep 1000');
    await ready(child);
    child.kill('SIGKILL');
    await expect.poll(names).toEqual(['web']);
  });

  it('ends with the machine that somebody else ends', async () => {
    const child = run('--name', 'job', '--', 'sh', '-c', 'echo ready; sleep 1000');
    const ended = collect(child);
    await ready(child);
    await host.done(['kill', 'job']);
    expect((await ended).code).toBe(137);
    await expect.poll(names).toEqual(['web']);
  });
});

describe('start --ephemeral', () => {
  async function startClone(): Promise<string> {
    const { results } = JSON.parse(await host.done(['start', '--ephemeral', 'web', '--json']));
    return results[0].clone;
  }

  it('runs a clone that is gone when it has powered itself off', async () => {
    const name = await startClone();
    expect(JSON.parse(await host.done(['list', '--json'])).machines).toMatchObject([
      { name: 'web', state: 'stopped', ephemeral: false },
      { name, state: 'running', ephemeral: true },
    ]);
    await host.done(['exec', name, '--', 'touch', '/only-here']);
    await host.done(['exec', name, '--', 'poweroff', '-f']).catch(() => undefined);
    await expect.poll(names).toEqual(['web']);
    // On its way out it goes by the trash.
    await expect.poll(() => host.done(['trash', 'list'])).not.toContain(name);
  });

  it('leaves nothing either when it was stopped, or its monitor killed', async () => {
    const stopped = await startClone();
    await host.done(['stop', stopped]);
    expect(names()).toEqual(['web']);
    const lost = await startClone();
    const fields = readFileSync(join(host.root, 'run', lost, 'state'), 'latin1').split('\0');
    process.kill(Number(fields[fields.indexOf('monitor') + 2]), 'SIGKILL');
    await expect.poll(() => host.done(['list', '--state', 'running,stopping'])).not.toContain(lost);
    await host.done(['set', 'web', 'hostname=web']);
    expect(names()).toEqual(['web']);
  });
});
