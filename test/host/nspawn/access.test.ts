/** Commands, consoles and files in and out of machines that machined keeps. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecRequest } from '../../../src/backends/backend.ts';
import type { TransferRequest } from '../../../src/backends/files.ts';
import { createNspawnManager } from '../../../src/backends/nspawn/nspawn-backend.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import { nspawnDisk } from '../../setup/nspawn-host.ts';
import { runFolder } from '../../setup/test-run.ts';
import { HELPER, unhurried } from '../native-machine.ts';
import { outputUntil } from './console-output.ts';
import { withNspawnHost } from './nspawn-host.ts';

const host = withNspawnHost();
const manager = createNspawnManager({ environment: process.env, helperPath: HELPER });
const { access } = manager;
afterAll(() => manager.close());

const machines = [
  { name: 'small', kind: 'BusyBox with users of its own' },
  { name: 'plain', kind: 'BusyBox with the users of the host' },
  { name: 'large', kind: 'Debian with users of its own' },
] as const;

beforeAll(async () => {
  await host.busyboxImage('small');
  await host.busyboxImage('plain', ['PrivateUsers=no']);
  await host.debianImage('large');
  for (const { name } of machines) await host.machinectl('start', name);
}, 300_000);

const sh = (name: string, script: string, change: Partial<ExecRequest> = {}) =>
  access.exec(name, { ...execRequest(['sh', '-c', script]), ...change });
const text = async (name: string, script: string, change: Partial<ExecRequest> = {}) =>
  (await sh(name, script, change)).stdout.toString().trim();

for (const { name, kind } of machines) {
  describe(`a command in ${kind}`, () => {
    it('gives its true exit code: its own, 127, 126 and 128+N', async () => {
      expect((await sh(name, 'exit 42')).exitCode).toBe(42);
      expect((await access.exec(name, execRequest(['no-such-command']))).exitCode).toBe(127);
      expect((await access.exec(name, execRequest(['/etc/passwd']))).exitCode).toBe(126);
      expect((await sh(name, 'kill -TERM $$')).exitCode).toBe(128 + 15);
    });

    it('has its streams apart', async () => {
      const { stdout, stderr } = await sh(name, 'echo out; echo err >&2');
      expect([stdout.toString(), stderr.toString()]).toEqual(['out\n', 'err\n']);
    });

    it('is among the machine’s own processes, confined as its init is', async () => {
      for (const one of ['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup']) {
        const own = await text(name, `readlink /proc/self/ns/${one}`);
        expect(own).toBe(await text(name, `readlink /proc/1/ns/${one}`));
      }
      expect(await text(name, 'cat /proc/self/cgroup')).toBe(await text(name, 'cat /proc/1/cgroup'));
      const rights = (pid: string) =>
        text(name, `grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/${pid}/status`);
      expect(await rights('self')).toBe(await rights('1'));
      expect(await text(name, 'hostname')).toBe(name);
    });

    it('has a clean environment, with the machine’s words about itself and what is given', async () => {
      process.env['SECRET_OF_THE_HOST'] = 'x';
      const environment = await text(name, 'env', { environment: { GIVEN: 'yes' } });
      delete process.env['SECRET_OF_THE_HOST'];
      expect(environment).not.toContain('SECRET_OF_THE_HOST');
      expect(environment.split('\n')).toEqual(
        expect.arrayContaining(['GIVEN=yes', 'container=systemd-nspawn', 'HOME=/root', 'USER=root']),
      );
      expect(environment).toMatch(/^container_uuid=[0-9a-f-]{32,36}$/m);
    });

    it('runs as another user, in another directory', async () => {
      expect(await text(name, 'id -un; pwd', { user: 'nobody', workingDirectory: '/tmp' })).toBe(
        'nobody\n/tmp',
      );
      expect(await text(name, 'id -u; id -g', { user: '1000:1001' })).toBe('1000\n1001');
    });
  });

  describe(`files of ${kind}`, () => {
    let folder: string;
    beforeAll(() => {
      // A file system that knows id-mapped mounts.
      folder = mkdtempSync(join(nspawnDisk, 'files-'));
      mkdirSync(join(folder, 'in'));
      writeFileSync(join(folder, 'in/file'), 'content\n');
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    const request = (source: string, target: string): TransferRequest => ({
      sources: [source],
      target,
      into: false,
      parents: false,
      owner: { uid: 0, gid: 0 },
      setId: false,
    });

    it('go in and out while it runs, with its own users', async () => {
      await access.push(
        name,
        { ...request(join(folder, 'in'), '/srv-in'), owner: { uid: 7, gid: 8 } },
        unhurried,
      );
      expect(await text(name, 'cat /srv-in/file; stat -c %u:%g /srv-in/file')).toBe('content\n7:8');
      await sh(name, 'echo theirs > /srv-in/theirs');
      await access.pull(name, request('/srv-in', join(folder, 'out')), unhurried);
      expect(readFileSync(join(folder, 'out/theirs'), 'utf8')).toBe('theirs\n');
      expect(statSync(join(folder, 'out/theirs')).uid).toBe(0);
    });

    it('are bound from the host with the same owners, and taken away', async () => {
      await access.bind(name, { source: join(folder, 'in'), path: '/bound', readOnly: true });
      expect(await text(name, 'cat /bound/file; stat -c %u /bound/file')).toBe('content\n0');
      expect((await sh(name, 'echo x > /bound/new')).exitCode).not.toBe(0);
      const ended = new AbortController();
      const users = sh(name, 'cd /bound && exec sleep 1000', { signal: ended.signal });
      const names = async () => (await access.usersOf(name, '/bound')).map((user) => user.name);
      await expect.poll(names).toEqual(['sleep']);
      ended.abort();
      expect((await users).exitCode).toBe(128 + 15);
      expect(await access.unbind(name, '/bound')).toBe(true);
      expect(await access.unbind(name, '/bound')).toBe(false);
    });
  });
}

describe('a console', () => {
  it('is a login of Debian, which comes again after it was left, and ends with the machine', async () => {
    await sh('large', 'echo root:secret | chpasswd');
    const console = await access.attachConsole('large', { input: true, replayBytes: 0 });
    console.resize(123, 45);
    const output = outputUntil(console);
    await output.until('login: ');
    await console.write(Buffer.from('root\r'));
    await output.until('assword: ');
    await console.write(Buffer.from('secret\r'));
    await output.until('# ');
    await console.write(Buffer.from('tty; stty size; echo $((20+22))\r'));
    const shown = await output.until('\n42\r');
    expect(shown).toMatch(/\/dev\/pts\/\d+\r\n45 123\r\n/);
    await console.write(Buffer.from('exit\r'));
    await output.until('login: ');
    await host.machinectl('terminate', 'large');
    expect(await output.end()).toMatchObject({ type: 'end' });
    await host.machinectl('start', 'large');
  });

  it('is a shell of root in a machine without anything that asks for a name', async () => {
    const console = await access.attachConsole('small', { input: true, replayBytes: 0 });
    const output = outputUntil(console);
    await output.until('# ');
    await console.write(Buffer.from('echo $((20+22))\r'));
    await output.until('\n42\r');
    console.close();
    expect(await output.end()).toBeUndefined();
  });

  it('says what the machine has printed, and goes on with it', async () => {
    const kept = (await access.readConsoleLog('large')).toString();
    expect(kept).toMatch(/systemd \d+.* running in system mode/);
    expect(kept).toMatch(/\r\n/);
    const stop = new AbortController();
    const lines = access.followConsoleLog('large', stop.signal)[Symbol.asyncIterator]();
    const next = lines.next();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await sh('large', 'echo printed on it > /dev/console');
    let all = '';
    for (let one = await next; one.done !== true; one = await lines.next()) {
      all += one.value.toString();
      if (all.includes('printed on it')) stop.abort();
    }
    expect(all).toContain('printed on it\r\n');
  });
});

describe('a machine that cannot take a command', () => {
  it('is said to be frozen, or down, or not there', async () => {
    await host.run('systemctl', 'freeze', 'systemd-nspawn@small');
    await expect(sh('small', 'true')).rejects.toMatchObject({ code: 'frozen' });
    await host.run('systemctl', 'thaw', 'systemd-nspawn@small');
    await host.run('systemctl', 'stop', 'systemd-nspawn@small');
    await expect(sh('small', 'true')).rejects.toMatchObject({ code: 'not-running' });
    await expect(sh('nobody', 'true')).rejects.toMatchObject({ code: 'no-such-machine' });
  });

  it('takes files, which are the machine’s own users’ when it runs again', async () => {
    const folder = mkdtempSync(join(runFolder(), 'stopped-'));
    writeFileSync(join(folder, 'file'), 'while it was down\n');
    const request = { sources: [join(folder, 'file')], into: false, parents: false, setId: false };
    await access.push('small', { ...request, target: '/down', owner: { uid: 9, gid: 9 } }, unhurried);
    await access.pull(
      'small',
      { ...request, sources: ['/down'], target: join(folder, 'back'), owner: 'keep' },
      unhurried,
    );
    expect(statSync(join(folder, 'back')).uid).toBe(9);
    await host.machinectl('start', 'small');
    expect(await text('small', 'cat /down; stat -c %u:%g /down')).toBe('while it was down\n9:9');
  });
});
