import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecRequest, MachineHandle } from '../../src/backends/backend.ts';
import { execRequest } from '../fakes/exec-request.ts';
import { createNativeHost, type NativeHost } from './native-machine.ts';

let host: NativeHost;
let machine: MachineHandle;
beforeAll(async () => {
  host = createNativeHost();
  machine = await host.create('exec', { rlimits: { nofile: { soft: 123, hard: 456 } } });
  await host.backend.start(machine);
});
afterAll(() => host.remove());

const sh = (script: string, change: Partial<ExecRequest> = {}) =>
  host.backend.exec(machine, { ...execRequest(['sh', '-c', script]), ...change });
const text = async (script: string, change: Partial<ExecRequest> = {}) =>
  (await sh(script, change)).stdout.toString().trim();

describe('exec', () => {
  it('gives the true exit code: the command’s, 127, 126 and 128+N', async () => {
    expect((await sh('exit 42')).exitCode).toBe(42);
    expect((await host.run(machine, 'no-such-command')).exitCode).toBe(127);
    expect((await host.run(machine, '/etc/passwd')).exitCode).toBe(126);
    expect((await sh('kill -TERM $$')).exitCode).toBe(128 + 15);
  });

  it('keeps stdout and stderr apart', async () => {
    const result = await sh('echo out; echo err >&2');
    expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['out\n', 'err\n']);
  });

  it('runs in every namespace and group of the machine', async () => {
    expect(await text('hostname')).toBe('exec');
    expect(await text('cat /proc/1/comm')).toBe('init');
    expect(await text('readlink /proc/self/ns/user')).toBe(await text('readlink /proc/1/ns/user'));
    expect(await text('cat /proc/self/cgroup')).toBe(await text('cat /proc/1/cgroup'));
    expect(await text('id -u')).toBe('0');
  });

  it('runs confined as the machine’s init is', async () => {
    const own = await text("grep -E '^(Cap|Seccomp|NoNewPrivs)' /proc/self/status");
    const init = await text("grep -E '^(Cap|Seccomp|NoNewPrivs)' /proc/1/status");
    expect(own).toBe(init);
    expect(await text('ulimit -n; ulimit -Hn')).toBe('123\n456');
  });

  it('runs in a clean environment with what is given', async () => {
    process.env['SECRET_OF_THE_HOST'] = 'x';
    const environment = await text('env', { environment: { GIVEN: 'yes' } });
    delete process.env['SECRET_OF_THE_HOST'];
    expect(environment).not.toContain('SECRET_OF_THE_HOST');
    expect(environment.split('\n')).toEqual(
      expect.arrayContaining([
        'GIVEN=yes',
        'container=tsmachine',
        'HOME=/root',
        'USER=root',
        'SHELL=/bin/sh',
      ]),
    );
  });

  it('runs as another user, in another directory', async () => {
    expect(await text('id -un; pwd', { user: 'nobody', workingDirectory: '/tmp' })).toBe('nobody\n/tmp');
    expect(await text('id -u; id -g', { user: '1000:1001' })).toBe('1000\n1001');
    await expect(sh('true', { user: 'stranger' })).rejects.toMatchObject({ code: 'failed' });
  });

  it('runs many at once', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, (_, index) => sh(`exit ${index}`)));
    expect(codes.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });
});
