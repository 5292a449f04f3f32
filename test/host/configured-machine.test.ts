/** What is configured is what the machine has: each setting is looked at from inside, or in the kernel's files. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inThisProcess, shellHere } from '../setup/in-this-process.ts';
import { withRoot } from '../setup/with-root.ts';

const host = inThisProcess(withRoot());
const shared = join(host.root, 'shared');
const documents = join(host.root, 'documents');

const settings = [
  'hostname=harbour',
  'memory.max=64M',
  'pids.max=40',
  'cpu.max=50%',
  `bind=${shared}:/srv/shared`,
  `bind=${documents}:/srv/documents:ro`,
  'tmpfs=/scratch:1M',
  'rlimit.nofile=100:200',
  'environment.COLOUR=blue',
  'no-new-privileges=true',
];

async function inside(script: string): Promise<string> {
  const said = await shellHere(host, 'web', script);
  expect(said).toMatchObject({ code: 0 });
  return said.stdout.trim();
}

beforeAll(async () => {
  mkdirSync(shared);
  mkdirSync(documents);
  writeFileSync(join(documents, 'letter'), 'dear reader\n');
  const words = settings.flatMap((setting) => ['--set', setting]);
  await host.done(['create', 'web', '-t', 'busybox', '--start', ...words]);
});

describe('a configured machine', () => {
  it('has its hostname and a machine-id of its own', async () => {
    expect(await inside('hostname')).toBe('harbour');
    expect(await inside('cat /etc/machine-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('writes to a bind with ids mapped: its root is our root there', async () => {
    await inside('echo hello > /srv/shared/file; chown 7:7 /srv/shared/file');
    expect(readFileSync(join(shared, 'file'), 'utf8')).toBe('hello\n');
    expect(statSync(join(shared, 'file')).uid).toBe(7);
  });

  it('reads a read-only bind and cannot change it', async () => {
    expect(await inside('cat /srv/documents/letter')).toBe('dear reader');
    expect(
      await inside(
        'echo x > /srv/documents/letter 2>&1 || mount -o remount,rw,bind /srv/documents 2>&1; echo x > /srv/documents/new || echo refused',
      ),
    ).toMatch(/refused$/);
    expect(readFileSync(join(documents, 'letter'), 'utf8')).toBe('dear reader\n');
  });

  it('has its tmpfs with the size asked for', async () => {
    expect(
      await inside('dd if=/dev/zero of=/scratch/file bs=1k count=4096 2>/dev/null; stat -c %s /scratch/file'),
    ).toBe('1048576');
  });

  it('gives init and commands the resource limits and the environment', async () => {
    expect(await inside('ulimit -n; ulimit -Hn')).toBe('100\n200');
    expect(await inside("tr '\\0' '\\n' < /proc/1/environ | grep COLOUR")).toBe('COLOUR=blue');
    expect(await inside('grep NoNewPrivs /proc/1/status')).toMatch(/1$/);
  });

  it('is stopped by pids.max from making more processes', async () => {
    const script = 'for i in $(seq 60); do sleep 1 & done';
    const { stderr } = await host.cli(['exec', 'web', '--', 'sh', '-c', script]);
    expect(stderr).toMatch(/can't fork/);
  });

  it('loses a process to memory.max, not the machine', async () => {
    const result = await host.cli([
      'exec',
      'web',
      '--',
      'sh',
      '-c',
      'dd if=/dev/zero of=/dev/null bs=200M count=1',
    ]);
    expect(result.code).toBe(128 + 9);
    expect(await inside('echo alive')).toBe('alive');
  });

  it('prints the same settings that were given', async () => {
    const printed = await host.done(['config', 'web']);
    for (const setting of ['hostname=harbour', 'memory.max=64M', 'pids.max=40', 'cpu.max=50%']) {
      expect(printed.split('\n')).toContain(setting);
    }
  });

  it('keeps, when it reboots from inside, what was set while it ran', async () => {
    const machine = async () => JSON.parse(await host.done(['info', 'web', '--json'])).machine;
    const pid = async () => (await machine()).pid;
    const before = await pid();
    // What an earlier test has started there counts for pids.max until it ends.
    await expect.poll(async () => (await machine()).tasks).toBeLessThan(10);
    await host.done(['set', 'web', 'pids.max=31', 'environment.COLOUR=green']);
    expect((await host.cli(['exec', 'web', '--', 'reboot'])).stderr).toBe('');
    await expect.poll(pid).not.toBe(before);
    await host.done(['wait', 'web', '--state', 'running']);
    const { inForce } = JSON.parse(await host.done(['config', 'web', '--json']));
    expect(inForce).toEqual({});
    expect(await inside("tr '\\0' '\\n' < /proc/1/environ | grep COLOUR")).toBe('COLOUR=green');
  });

  it('does not start with a hard limit that the kernel refuses, and the key is named', async () => {
    const tooMany = Number(readFileSync('/proc/sys/fs/nr_open', 'utf8')) + 1;
    await host.done(['create', 'greedy', '-t', 'busybox', '--set', `rlimit.nofile=${tooMany}`]);
    const { code, stderr } = await host.cli(['start', 'greedy']);
    expect(code).toBe(1);
    expect(stderr).toContain('hint: ');
    expect(stderr).toContain('rlimit.nofile');
  });

  it('refuses a value out of bounds wherever it is written: create, set and the editor', async () => {
    const setting = 'console.log-size=1K';
    const created = await host.cli(['create', 'small', '-t', 'busybox', '--set', setting]);
    const set = await host.cli(['set', 'web', setting]);
    for (const { code, stderr } of [created, set]) {
      expect(code).toBe(2);
      expect(stderr).toContain('console.log-size: "1K" is not allowed');
      expect(stderr).toContain('4K to 1G');
    }
    const EDITOR = `sed -i 's/"logBytes": [0-9]*/"logBytes": 1024/'`;
    const edited = await host.cli(['config', 'web', '--edit'], { env: { EDITOR, VISUAL: undefined } });
    expect(edited.code).toBe(1);
    expect(edited.stderr).toContain('"console.logBytes": 1024 is not within 4096 to 1073741824');
    rmSync(/your text is kept in (\S+)\//.exec(edited.stderr)?.[1] ?? '', { recursive: true });
  });

  it('refuses a wrong setting with the right one named, and changes nothing', async () => {
    const before = await host.done(['config', 'web']);
    const typo = await host.cli(['set', 'web', 'memory.max=128M', 'pids.mxa=3']);
    expect(typo.code).toBe(2);
    expect(typo.stderr).toMatch(/pids\.max/);
    expect(await host.done(['config', 'web'])).toBe(before);
  });
});
