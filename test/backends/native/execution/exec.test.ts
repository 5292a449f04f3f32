import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExecRequest } from '../../../../src/backends/backend.ts';
import { execute } from '../../../../src/backends/native/exec.ts';
import { decodeRecords, encodeRecords } from '../../../../src/backends/native/records.ts';
import { execRequest } from '../../../fakes/exec-request.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

/** Told when a helper is started. */
let onSpawn = () => {};
vi.mock('node:child_process', async (load) => {
  const actual = await load<typeof import('node:child_process')>();
  const spawn = (...args: Parameters<typeof actual.spawn>) => {
    onSpawn();
    return actual.spawn(...args);
  };
  return { ...actual, spawn };
});

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
  fixture.writeState(['phase', 'running'], ['monitor', 50, 1000], ['init', 60, 1001], ['started-at', 1]);
  fixture.addProcess(50, 1000);
  fixture.addProcess(60, 1001);
  fixture.writeGroup('cgroup.freeze', '0\n');
  fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 0\n');
  fixture.write(
    'machines/web/plan',
    encodeRecords([
      { name: 'namespaces', arguments: ['user', 'mount'] },
      { name: 'rlimit', arguments: ['nofile', '1024', '2048'] },
      { name: 'capabilities', arguments: ['0', '1'] },
      { name: 'apparmor', arguments: ['tsmachine-default-v1'] },
      { name: 'seccomp', arguments: ['00ff'] },
      { name: 'environment', arguments: ['container_uuid=abc'] },
      { name: 'environment', arguments: ['SECRET=of init'] },
      { name: 'exec', arguments: ['/sbin/init', '/sbin/init'] },
    ]),
  );
});
afterEach(() => fixture.remove());

function run(script: string, change: Partial<ExecRequest> = {}) {
  const request = execRequest(['true'], change);
  return execute(fixture.machine, request, {
    host: fixture.host,
    helperPath: writeFakeHelper(`${fixture.root}/helper`, script),
    plan: () => {
      throw new Error('the kept plan is used');
    },
  });
}

describe('exec', () => {
  it('collects both streams apart and gives the command’s code', async () => {
    const result = await run('cat <&3 >/dev/null; echo out; echo err >&2; exit 42');
    expect(result.exitCode).toBe(42);
    expect(result.stdout.toString()).toBe('out\n');
    expect(result.stderr.toString()).toBe('err\n');
  });

  it('confines the command as the machine was started, in a clean environment', async () => {
    await run(`cat <&3 > ${fixture.root}/records`, {
      argv: ['ls', '-l'],
      user: 'daemon',
      workingDirectory: '/tmp',
      environment: { LANG: 'C' },
    });
    const records = decodeRecords(readFileSync(`${fixture.root}/records`));
    expect(records.map(({ name, arguments: args }) => [name, ...args].join(' '))).toEqual([
      'init 60 1001',
      'namespaces user mount',
      `cgroup ${fixture.root}/cgroup/ours/web`,
      'user daemon',
      'working-directory /tmp',
      'rlimit nofile 1024 2048',
      'capabilities 0 1',
      'apparmor tsmachine-default-v1',
      'seccomp 00ff',
      'environment PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'environment container=tsmachine',
      'environment container_uuid=abc',
      'environment LANG=C',
      'exec ls -l',
    ]);
  });

  it('joins the group that init moved itself to', async () => {
    fixture.write('proc/60/cgroup', '4:memory:/ours/web\n0::/ours/web/init.scope\n');
    await run(`cat <&3 > ${fixture.root}/records`);
    const records = decodeRecords(readFileSync(`${fixture.root}/records`));
    expect(records.find(({ name }) => name === 'cgroup')?.arguments).toEqual([
      `${fixture.root}/cgroup/ours/web/init.scope`,
    ]);
  });

  it('drops output above its bound instead of blocking the command', async () => {
    const { stdout, exitCode } = await run('cat <&3 >/dev/null; head -c 3000000 /dev/zero');
    expect(stdout.length).toBe(1024 * 1024);
    expect(exitCode).toBe(0);
  });

  it('throws with the helper’s word when the machine could not be entered', async () => {
    const script =
      'cat <&3 >/dev/null; { record failed setns ESRCH /proc/60/ns/user "joining"; end; } >&4; exit 125';
    await expect(run(script)).rejects.toMatchObject({
      code: 'failed',
      syscall: 'setns',
      errno: 'ESRCH',
      hint: expect.stringContaining('start it again'),
    });
  });

  it('says in words what the helper said in words, and on what it failed', async () => {
    const script =
      'cat <&3 >/dev/null; { record failed chdir ENOENT /nope "the directory cannot be entered"; end; } >&4; exit 125';
    await expect(run(script)).rejects.toThrow(/^the directory cannot be entered: \/nope$/);
  });

  it('passes the code on when the command could not be found', async () => {
    expect((await run('cat <&3 >/dev/null; exit 127')).exitCode).toBe(127);
  });

  it('survives a helper that reads nothing', async () => {
    expect((await run('exec 3<&-; exit 3')).exitCode).toBe(3);
  });

  it('forwards signals to the helper while it runs, and no longer', async () => {
    const before = process.listenerCount('SIGUSR1');
    const running = run(`trap 'exit 7' USR1; cat <&3 >/dev/null; : > ${fixture.root}/ready
      while :; do sleep 0.01; done`);
    await expect.poll(() => readable(`${fixture.root}/ready`)).toBe(true);
    process.kill(process.pid, 'SIGUSR1');
    expect((await running).exitCode).toBe(7);
    expect(process.listenerCount('SIGUSR1')).toBe(before);
  });

  it('takes signals before the helper is there, so that none ends us and leaves the command behind', async () => {
    const counts = () => ['SIGTERM', 'SIGINT', 'SIGHUP'].map((signal) => process.listenerCount(signal));
    const before = counts();
    let during: readonly number[] = [];
    onSpawn = () => {
      during = counts();
    };
    await run('cat <&3 >/dev/null');
    expect(during).toEqual(before.map((count) => count + 1));
  });

  it('ends the command when the caller gives up', async () => {
    const stop = new AbortController();
    const running = run(
      `trap 'exit 143' TERM; cat <&3 >/dev/null; : > ${fixture.root}/ready
      while :; do sleep 0.01; done`,
      { signal: stop.signal },
    );
    await expect.poll(() => readable(`${fixture.root}/ready`)).toBe(true);
    stop.abort();
    expect((await running).exitCode).toBe(143);
  });

  it('refuses a frozen machine: the command would hang', async () => {
    fixture.writeGroup('cgroup.freeze', '1\n');
    await expect(run('exit 0')).rejects.toMatchObject({
      code: 'frozen',
      hint: expect.stringContaining('unfreeze'),
    });
  });

  it('refuses a machine that does not run', async () => {
    fixture.addProcess(50, 99);
    await expect(run('exit 0')).rejects.toMatchObject({ code: 'not-running' });
  });
});

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
