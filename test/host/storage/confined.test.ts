/**
 * What a command can do to the host that was led astray by a hostile archive. Each attack is run with and without the confinement: one
 * that fails anyway would prove nothing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { spawnConfined } from '../../../src/backends/native/storage/trees/confined.ts';
import { treeFailure } from '../../../src/backends/native/storage/trees/helper-work.ts';
import { NOT_RUN } from '../../../src/backends/native/storage/trees/in-view.ts';
import { withRoot } from '../../setup/with-root.ts';
import { HELPER } from '../native-machine.ts';

const { root } = withRoot();
let inside: string;
let outside: string;
beforeEach(() => {
  const folder = mkdtempSync(join(root, 'confined-'));
  inside = join(folder, 'inside');
  outside = join(folder, 'outside');
  mkdirSync(inside);
  mkdirSync(outside);
});

interface Outcome {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function outcome(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

function confined(
  command: readonly string[],
  options: { readonly devices?: boolean } = {},
): Promise<Outcome> {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return outcome(spawnConfined(HELPER, inside, command, { ...options, stdio: [...stdio] }).child);
}

function free(command: readonly string[]): Promise<Outcome> {
  return outcome(
    spawn(command[0] as string, command.slice(1), { cwd: inside, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

describe('an attack that writes outside', () => {
  const attacks: Readonly<Record<string, (target: string) => string>> = {
    'through a symbolic link in the directory': (target) => `ln -s ${target} link; echo evil > link/file`,
    'by an absolute path': (target) => `echo evil > ${target}/file`,
    'by a relative path': () => `echo evil > ../outside/file`,
    'through the root of a process of the host': (target) =>
      `echo evil > /proc/${process.pid}/root${target}/file`,
    'after a remount': (target) =>
      `mount -o remount,bind,rw /; mount --bind ${target} ${target}; mount -o remount,bind,rw ${target}; echo evil > ${target}/file; umount ${target}`,
    'after taking off the mounts': (target) =>
      `while mount | grep -q ${target}; do umount -l ${target}; done; echo evil > ${target}/file`,
    'in another user namespace': (target) =>
      `unshare --user --map-root-user --mount sh -c 'mount -o remount,bind,rw /; umount -l /proc; echo evil > ${target}/file'`,
    'in the mount namespace of the host': (target) =>
      `nsenter --target ${process.pid} --mount sh -c 'echo evil > ${target}/file'`,
    'from an archive with absolute names': (target) =>
      `tar -cf a.tar --absolute-names --transform 's,^.*,${target}/file,' /etc/hostname; tar -xf a.tar --absolute-names`,
    'from an archive with a symbolic link and a file below it': (target) =>
      `mkdir in; ln -s ${target} s; tar -cf a.tar s; echo evil > in/file; tar -rf a.tar --transform 's,^in,s,' in/file
       rm s; tar -xf a.tar --keep-directory-symlink --absolute-names`,
  };

  for (const [name, attack] of Object.entries(attacks)) {
    it(`fails ${name}`, async () => {
      await confined(['sh', '-c', attack(outside)]);
      expect(readdirSync(outside)).toEqual([]);
      execFileSync('sh', ['-c', 'rm -rf ./* '], { cwd: inside });
      const control = await free(['unshare', '--mount', 'sh', '-c', attack(outside)]);
      expect(existsSync(join(outside, 'file')), control.stderr).toBe(true);
    });
  }
});

describe('an attack that takes another way', () => {
  it('fails through a process of the host that may do even less', async () => {
    // Root may look into processes that have no capability that it lacks.
    const victim = spawn(
      'setpriv',
      ['--bounding-set=-all', '--inh-caps=-all', 'sh', '-c', 'echo ready; cat'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    await once(victim.stdout, 'data');
    const attack = `echo evil > /proc/${victim.pid}/root${outside}/file`;
    await confined(['sh', '-c', attack]);
    expect(readdirSync(outside)).toEqual([]);
    expect((await free(['sh', '-c', attack])).code).toBe(0);
    victim.stdin.end();
    await once(victim, 'close');
  });

  it('cannot read a device, nor write to one of the host', async () => {
    const script = 'mknod zero c 1 5 && head -c 1 zero | wc -c';
    expect((await free(['sh', '-c', script])).stdout).toBe('1\n');
    execFileSync('rm', [join(inside, 'zero')]);
    expect((await confined(['sh', '-c', script])).stdout).toBe('0\n');
    expect((await confined(['sh', '-c', 'head -c 1 /dev/zero | wc -c'])).stdout).toBe('0\n');
  });

  it('sees no process and no network of the host', async () => {
    const script = `kill -0 ${process.pid} && echo seen; grep -c : /proc/net/dev`;
    expect((await free(['sh', '-c', script])).stdout).toMatch(/^seen\n/);
    expect((await confined(['sh', '-c', script])).stdout).toBe('1\n');
    expect((await confined(['sh', '-c', 'ls -d /proc/[0-9]* | wc -l'])).stdout.trim()).toMatch(/^[1-4]$/);
  });

  it('sets nothing of the kernel', async () => {
    const { stdout } = await confined([
      'sh',
      '-c',
      'echo x > /proc/sys/kernel/hostname; mount -t tmpfs x . || echo refused',
    ]);
    expect(stdout).toBe('refused\n');
    expect(readFileSync('/proc/sys/kernel/hostname', 'utf8')).not.toBe('x\n');
  });

  it('has few capabilities, and gets no more', async () => {
    const { stdout } = await confined([
      'sh',
      '-c',
      "grep -E 'Cap(Prm|Bnd|Amb)|NoNewPrivs' /proc/self/status",
    ]);
    // chown, dac_override, fowner, fsetid, mknod, setfcap
    expect(stdout).toBe(
      [
        'CapPrm:\t000000008800001b',
        'CapBnd:\t000000008800001b',
        'CapAmb:\t0000000000000000',
        'NoNewPrivs:\t1',
        '',
      ].join('\n'),
    );
  });
});

describe('a command that is confined', () => {
  it('unpacks files of any owner, mode and kind', async () => {
    const archive = join(outside, 'a.tar');
    execFileSync(
      'sh',
      [
        '-ec',
        `mkdir t; echo x > t/f; chown 7:8 t/f; chmod 4755 t/f; mknod t/n c 1 3; mkfifo t/p; tar -cf ${archive} t; rm -r t`,
      ],
      {
        cwd: inside,
      },
    );
    expect(await confined(['tar', '-xpf', archive, '--numeric-owner'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(statSync(join(inside, 't/f'))).toMatchObject({ uid: 7, gid: 8, mode: 0o104755 });
    expect(statSync(join(inside, 't/n')).isCharacterDevice()).toBe(true);
    expect((await confined(['mknod', 'other', 'c', '1', '3'], { devices: false })).code).toBe(1);
  });

  it('has its directory, /dev/null and its exit code', async () => {
    const { code, stdout } = await confined([
      'sh',
      '-c',
      'pwd; echo x > /dev/null && echo y > file && cat < /dev/null; exit 7',
    ]);
    expect({ code, stdout }).toEqual({ code: 7, stdout: `${inside}\n` });
    expect(readFileSync(join(inside, 'file'), 'utf8')).toBe('y\n');
    expect((await confined(['sh', '-c', '(kill -9 $$); kill -9 -1; sh -c "kill -TERM \\$\\$"'])).code).toBe(
      143,
    );
  });

  it('leaves no mount, and reads what is given to it', async () => {
    const { child } = spawnConfined(HELPER, inside, ['sh', '-c', 'cat > file'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin?.end('given');
    await once(child, 'close');
    expect(readFileSync(join(inside, 'file'), 'utf8')).toBe('given');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(inside);
  });

  it('ends with the helper', async () => {
    const { child } = spawnConfined(HELPER, inside, ['sh', '-c', 'echo ready; sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const output = child.stdout as NonNullable<typeof child.stdout>;
    await once(output, 'data');
    child.kill('SIGKILL');
    // Not before all that hold the pipe are gone.
    await once(output, 'close');
  });

  it('is not run when something hinders it, and what that is is said', async () => {
    writeFileSync(join(inside, 'file'), '');
    const missing = await confined(['/no/such/command']);
    expect(missing.code).toBe(NOT_RUN);
    expect(treeFailure('run', inside, '', Buffer.from(missing.stderr))).toMatchObject({
      errno: 'ENOENT',
      syscall: 'execve',
      path: '/no/such/command',
    });
    inside = join(inside, 'nothing');
    const nowhere = await confined(['true']);
    expect(nowhere.code).toBe(NOT_RUN);
    expect(treeFailure('run', inside, '', Buffer.from(nowhere.stderr))).toMatchObject({
      errno: 'ENOENT',
      path: inside,
    });
  });
});
