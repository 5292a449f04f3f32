/** The profile of machines, where the kernel enforces it: Debian's, in the virtual machine (npm run test:vm). */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inThisProcess, shellHere } from '../setup/in-this-process.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const { cli, done } = inThisProcess(host);
const pidOf = async (name: string): Promise<number> =>
  JSON.parse(await done(['info', name, '--json'])).machine.pid;
const labelOf = (pid: number) => readFileSync(`/proc/${pid}/attr/current`, 'utf8').trim();
const shell = (name: string, script: string) => shellHere(host, name, script);

const machines = {
  plain: [],
  off: ['apparmor=off'],
  nesting: ['nesting=true'],
  bounded: ['no-new-privileges=true'],
  privileged: ['privileged=true'],
  open: ['privileged=true', 'apparmor=off'],
} as const;

beforeAll(async () => {
  for (const [name, settings] of Object.entries(machines)) {
    await done(['create', name, '-t', 'busybox', ...settings.flatMap((setting) => ['--set', setting])]);
  }
  await done(['start', ...Object.keys(machines)]);
});

/** Of a tmpfs, since no overlay can lie on another one's changes. */
const OVERLAY = `mkdir -p /tmp/o && mount -t tmpfs none /tmp/o && cd /tmp/o && mkdir l u w m &&
  mount -t overlay none -o lowerdir=l,upperdir=u,workdir=w m`;
/** What it is already: nothing changes where it succeeds. */
const SETTING = `umount /proc/sys/vm && s=$(cat /proc/sys/vm/swappiness) && echo $s > /proc/sys/vm/swappiness`;

describe('a machine on a host with AppArmor', () => {
  it.each([
    ['plain', 'tsmachine-default-v1 (enforce)'],
    ['bounded', 'tsmachine-default-v1 (enforce)'],
    ['nesting', 'tsmachine-nesting-v1 (enforce)'],
    ['privileged', 'tsmachine-privileged-v1 (enforce)'],
    ['off', 'unconfined'],
  ])('%s: init and commands have the label %s', async (name, label) => {
    expect(labelOf(await pidOf(name))).toBe(label);
    expect((await shell(name, 'cat /proc/self/attr/current')).stdout.trim()).toBe(label);
  });

  it('is refused an overlay, which works without the profile, and for nested machines', async () => {
    expect(await shell('plain', OVERLAY)).toMatchObject({
      code: 255,
      stderr: expect.stringMatching(/denied/i),
    });
    expect(await shell('off', OVERLAY)).toMatchObject({ code: 0, stderr: '' });
    expect(await shell('nesting', OVERLAY)).toMatchObject({ code: 0, stderr: '' });
  });

  it('cannot change settings of the host as a privileged one, although nothing else is in the way', async () => {
    expect(await shell('privileged', SETTING)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/denied/i),
    });
    expect(await shell('open', SETTING)).toMatchObject({ code: 0, stderr: '' });
  });

  it('cannot mount what shows the host as a privileged one', async () => {
    for (const kind of ['devtmpfs', 'debugfs', 'securityfs']) {
      const mount = `mount -t ${kind} none /mnt`;
      expect((await shell('privileged', mount)).stderr, kind).toMatch(/permission denied/i);
      expect((await shell('open', `${mount} && umount /mnt`)).code, kind).toBe(0);
    }
  });

  it('cannot mount disks as a privileged one: it is refused before the device is looked at', async () => {
    const mount = 'mount -t ext4 /dev/null /mnt';
    expect((await shell('privileged', mount)).stderr).toMatch(/permission denied/i);
    expect((await shell('open', mount)).stderr).toMatch(/block device required/i);
  });

  it('dies with its monitor all the same: an exec that changes the label would let it live', async () => {
    const { machine } = JSON.parse(await done(['info', 'bounded', '--json']));
    process.kill(machine.inspection.monitorPid, 'SIGKILL');
    await expect.poll(() => existsSync(`/proc/${machine.pid}`)).toBe(false);
  });

  it('may do what machines do', async () => {
    const script = `mount -t tmpfs none /mnt && mount --bind /etc /mnt && umount /mnt && echo x > /tmp/f && sh -c 'kill -0 $$' &&
      sleep 9 & kill $! && cat /proc/1/environ > /dev/null && echo 1 > /proc/sys/net/ipv4/ip_forward && hostname other`;
    expect(await shell('plain', script)).toMatchObject({ code: 0, stderr: '' });
  });

  it('cannot keep a command unconfined by mounting over its /proc', async () => {
    const fake =
      'mount -t tmpfs none /proc && mkdir -p /proc/thread-self/attr/apparmor && : > /proc/thread-self/attr/apparmor/current';
    await done(['create', 'hostile', '-t', 'busybox', '--start']);
    expect((await shell('hostile', fake)).code).toBe(0);
    await done(['exec', 'hostile', '--', 'sh', '-c', 'exec sleep 4711 >/dev/null 2>&1 &']);
    const sleeper = execFileSync('pgrep', ['-f', '^sleep 4711'], { encoding: 'utf8' });
    expect(labelOf(Number(sleeper))).toBe('tsmachine-default-v1 (enforce)');
    await done(['destroy', 'hostile', '--force', '--now']);
  });

  it('is told to be so by info, plan and doctor', async () => {
    expect(await done(['info', 'plain'])).toContain('AppArmor: tsmachine-default-v1 (enforce)');
    expect(await done(['plan', 'plain'])).toContain('apparmor tsmachine-default-v1');
    expect(await done(['plan', 'off'])).not.toContain('  apparmor ');
    expect((await cli(['doctor'])).stdout).toMatch(/AppArmor.*\n?.*confined by a profile/);
  });
});

describe('a profile of a person', () => {
  beforeAll(() => {
    const text =
      'profile mine flags=(attach_disconnected) {\n  file,\n  capability,\n  network,\n  mount,\n  signal,\n  ptrace,\n}\n';
    execFileSync('apparmor_parser', ['--replace', '--quiet'], { input: text });
  });
  afterAll(() => {
    execFileSync('apparmor_parser', ['--remove'], { input: 'profile mine { }\n' });
  });

  it('confines the machine that names it', async () => {
    await done(['create', 'chosen', '-t', 'busybox', '--set', 'apparmor=mine', '--start']);
    expect(labelOf(await pidOf('chosen'))).toBe('mine (enforce)');
    await done(['destroy', 'chosen', '--force', '--now']);
  });

  it('that is not loaded fails the start by its step, and leaves nothing of it', async () => {
    await done(['create', 'lost', '-t', 'busybox', '--set', 'apparmor=nowhere']);
    const { code, stderr } = await cli(['start', 'lost']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/apparmor/);
    expect(stderr).toMatch(/No such AppArmor profile is loaded/);
    expect(JSON.parse(await done(['info', 'lost', '--json'])).machine.state).toBe('stopped');
  });
});
