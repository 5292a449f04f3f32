/** Settings are what systemd-nspawn makes of them, seen in the kernel. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { busSocket } from '../../../src/backends/nspawn/bus/address.ts';
import { createBus } from '../../../src/backends/nspawn/bus/bus.ts';
import { awaitExecution } from '../../../src/backends/nspawn/life/execution.ts';
import { createSettings } from '../../../src/backends/nspawn/settings/settings.ts';
import { createSystemd1 } from '../../../src/backends/nspawn/systemd1.ts';
import { anyMachine } from '../../../src/machines/config/blank-config.ts';
import { applySettings } from '../../../src/machines/keys/config-keys.ts';
import { readSettings, settingsChanges } from '../../../src/machines/managed/config/translation.ts';
import { withNspawnHost } from './nspawn-host.ts';

const { busyboxImage, debianImage, machinectl, run } = withNspawnHost();
const bus = createBus({ socket: () => busSocket(process.env) });
const settings = createSettings({ systemd1: createSystemd1(bus) });
afterAll(bus.close);

/** As `tsmachine set` does it with the settings file. */
async function set(name: string, changes: Readonly<Record<string, string>>): Promise<void> {
  const text = await settings.read(name);
  const values = (section: string, key: string) => settings.values(text, section, key);
  const before = readSettings(anyMachine, values);
  await settings.write(
    name,
    settings.changed(text, settingsChanges(before, applySettings(before, changes), values)),
  );
}

const leaderOf = (name: string) => machinectl('show', name, '--property=Leader', '--value');

/** Limits, environment and privileges are there once init was executed, which machinectl does not wait for. */
async function start(name: string): Promise<string> {
  await machinectl('start', name);
  const leader = await leaderOf(name);
  const supervisor = await run(
    'systemctl',
    'show',
    `systemd-nspawn@${name}`,
    '--property=MainPID',
    '--value',
  );
  await awaitExecution(Number(leader), Number(supervisor), patience.poll);
  return `/proc/${leader}`;
}

describe('what a settings file is made to say', () => {
  it('is what the machine is started with', async () => {
    await busyboxImage('said');
    await set('said', {
      hostname: 'other-name',
      privileged: 'true',
      'no-new-privileges': 'true',
      'capabilities.add': 'net_admin,ipc_lock',
      'capabilities.drop': 'mknod',
      'environment.PLAIN': 'a',
      'environment.ODD': `two words, "double", 'single' and a \\`,
      'rlimit.nofile': '1000:2000',
      'rlimit.core': '0',
      tmpfs: '/scratch:4M',
      bind: '/etc/systemd:/from the:ro'.replace('/from the', '/from-host'),
    });
    const proc = await start('said');
    expect(await run('nsenter', '-u', '-t', proc.slice('/proc/'.length), 'hostname')).toBe('other-name');
    const environment = readFileSync(`${proc}/environ`, 'utf8').split('\0');
    expect(environment).toContain('PLAIN=a');
    expect(environment).toContain(`ODD=two words, "double", 'single' and a \\`);
    const status = readFileSync(`${proc}/status`, 'latin1');
    expect(status).toMatch(/^NoNewPrivs:\s*1$/m);
    const bounding = BigInt(`0x${/^CapBnd:\s*(\w+)$/m.exec(status)?.[1]}`);
    const has = (bit: bigint) => ((bounding >> bit) & 1n) === 1n;
    // CAP_NET_ADMIN, CAP_IPC_LOCK, CAP_MKNOD of capability.h.
    expect([has(12n), has(14n), has(27n)]).toEqual([true, true, false]);
    const limits = readFileSync(`${proc}/limits`, 'latin1');
    expect(limits).toMatch(/^Max open files\s+1000\s+2000/m);
    expect(limits).toMatch(/^Max core file size\s+0\s+0/m);
    const mounts = readFileSync(`${proc}/mountinfo`, 'latin1');
    expect(mounts).toMatch(/ \/scratch [^\n]* tmpfs [^\n]*size=4096k/);
    expect(mounts).toMatch(/ \/from-host ro[ ,]/);
    expect(readFileSync(`${proc}/uid_map`, 'latin1')).toMatch(/^ *0 +0 /);
  });

  it('lets a machine go on that was privileged, with users of its own', async () => {
    await busyboxImage('own-users', ['PrivateUsers=no']);
    await set('own-users', { privileged: 'false' });
    expect(readFileSync(`${await start('own-users')}/uid_map`, 'latin1')).not.toMatch(/^ *0 +0 /);
  });

  it('of a folder of the host has the same ids inside, in a machine with users of its own', async () => {
    await busyboxImage('bound');
    mkdirSync('/var/lib/machines/.shared', { recursive: true });
    writeFileSync('/var/lib/machines/.shared/of-root', 'a');
    await set('bound', { bind: '/var/lib/machines/.shared:/shared' });
    const pid = (await start('bound')).slice('/proc/'.length);
    const inside = ['nsenter', '-t', pid, '-m', '-U', '/bin/busybox'] as const;
    expect(await run(...inside, 'stat', '-c', '%u', '/shared/of-root')).toBe('0');
    await run(...inside, 'touch', '/shared/new');
    expect(statSync('/var/lib/machines/.shared/new').uid).toBe(0);
    await machinectl('terminate', 'bound');
    rmSync('/var/lib/machines/.shared', { recursive: true });
  });

  it('of all system calls that systemd knows lets those through that systemd-nspawn refuses by itself', async () => {
    for (const name of ['few-calls', 'all-calls']) await debianImage(name);
    await set('all-calls', { seccomp: 'off' });
    // keyctl(2) of an operation that there is not: EPERM by the filter, EOPNOTSUPP by the kernel.
    const script = `syscall(${process.arch === 'arm64' ? 219 : 250}, 9999); print $!+0`;
    const answers = ['few-calls', 'all-calls'].map(async (name) => {
      await machinectl('start', name);
      return run('systemd-run', '-M', name, '-q', '--pipe', '--wait', 'perl', '-e', script);
    });
    expect(await Promise.all(answers)).toEqual(['1', '95']);
  });

  it('of an image counts for no more than it did, when it becomes ours', async () => {
    await busyboxImage('downloaded');
    rmSync('/etc/systemd/nspawn/downloaded.nspawn');
    const text =
      '[Exec]\nKillSignal=SIGUSR2\nHostname=vendor\nPrivateUsers=no\n[Files]\nBind=/etc:/host-etc\n';
    writeFileSync('/var/lib/machines/downloaded.nspawn', text);
    await set('downloaded', { 'environment.A': 'b' });
    const proc = await start('downloaded');
    expect(await run('nsenter', '-u', '-t', proc.slice('/proc/'.length), 'hostname')).toBe('vendor');
    expect(readFileSync(`${proc}/environ`, 'latin1').split('\0')).toContain('A=b');
    expect(readFileSync(`${proc}/mountinfo`, 'latin1')).not.toContain('/host-etc');
    expect(readFileSync(`${proc}/uid_map`, 'latin1')).not.toMatch(/^ *0 +0 /);
    expect(readFileSync('/var/lib/machines/downloaded.nspawn', 'utf8')).toBe(text);
    rmSync('/var/lib/machines/downloaded.nspawn');
  });
});
