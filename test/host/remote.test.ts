/** `--host` over a real sshd on loopback: the other host is this one, with machines of its own. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../scripts/test-patience.mjs';
import { builtCli } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const folder = join(host.root, 'ssh');
const runtime = join(host.root, 'runtime');
const destination = 'root@127.0.0.1';
let sshd: ReturnType<typeof spawn>;
let port: number;

function sh(line: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', cwd: folder });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
  return stdout;
}

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const remote = () => ({
  // Its own root: what is found without --host would be a mistake.
  TSMACHINE_ROOT: join(host.root, 'here'),
  TSMACHINE_SSH: join(folder, 'ssh'),
  TSMACHINE_HOST_PROGRAM: join(folder, 'tsmachine'),
  XDG_RUNTIME_DIR: runtime,
});
const there = (words: readonly string[], input?: string | Uint8Array) =>
  host.cli(['--host', destination, ...words], { env: remote(), ...(input === undefined ? {} : { input }) });
const done = async (...words: string[]) => {
  const { code, stdout, stderr } = await there(words);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
};

async function listening(): Promise<void> {
  const deadline = performance.now() + patience.poll;
  while (performance.now() < deadline) {
    if (spawnSync(join(folder, 'ssh'), [destination, 'true']).status === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not answer: ${readFileSync(join(folder, 'log'), 'utf8')}`);
}

beforeAll(async () => {
  for (const path of [folder, runtime]) mkdirSync(path, { mode: 0o700 });
  port = await freePort();
  sh(
    "ssh-keygen -q -t ed25519 -N '' -f hostkey && ssh-keygen -q -t ed25519 -N '' -f key && cp key.pub authorized",
  );
  writeFileSync(
    join(folder, 'sshd_config'),
    [
      ...[
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${folder}/hostkey`,
        'PidFile none',
        'UsePAM no',
      ],
      ...[`AuthorizedKeysFile ${folder}/authorized`, 'PermitRootLogin prohibit-password', 'StrictModes no'],
    ].join('\n'),
  );
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  // It refuses to be called by a name that it would have to search for.
  const program = sh('PATH=$PATH:/usr/sbin:/sbin command -v sshd').trim();
  sshd = spawn(program, ['-D', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'log')], {
    stdio: 'ignore',
  });
  const known = `-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=${folder}/known`;
  script('ssh', `exec ssh -F /dev/null -p ${port} -i ${folder}/key -o IdentitiesOnly=yes ${known} "$@"`);
  const { TSMACHINE_ROOT, TSMACHINE_CGROUP_PARENT } = host.env;
  script(
    'tsmachine',
    `export TSMACHINE_ROOT=${TSMACHINE_ROOT} TSMACHINE_CGROUP_PARENT=${TSMACHINE_CGROUP_PARENT}\nexec ${process.execPath} ${builtCli} "$@"`,
  );
  await listening();
  await done('create', 'web', '-t', 'busybox', '--start');
});

afterAll(async () => {
  spawnSync(join(folder, 'ssh'), [
    '-o',
    `ControlPath=${runtime}/tsmachine-ssh/%C`,
    '-O',
    'exit',
    destination,
  ]);
  const ended = new Promise((resolve) => sshd.once('exit', resolve));
  sshd.kill();
  await ended;
});

describe('a command on another host', () => {
  it('does it there and not here', async () => {
    expect(JSON.parse(await done('list', '--json')).machines).toMatchObject([
      { name: 'web', state: 'running' },
    ]);
    const here = await host.cli(['list', '--json'], { env: remote() });
    expect(JSON.parse(here.stdout).machines).toEqual([]);
  });

  it('has its exit code, streams apart, and bytes as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256));
    const { code, stdout, stderr } = await there(
      ['exec', 'web', '--', 'sh', '-c', 'cat | md5sum; echo oops >&2; exit 7'],
      bytes,
    );
    const sum = spawnSync('md5sum', { input: bytes, encoding: 'utf8' }).stdout;
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: sum, stderr: 'oops\n' });
    expect((await there(['exec', 'web', '--', 'sh', '-c', 'exit 255'])).code).toBe(255);
    expect((await there(['start', 'nobody'])).code).toBe(3);
  });

  it('goes over one connection, which stays', async () => {
    await done('list');
    const before = readFileSync(join(folder, 'known'), 'utf8');
    const logins = () => readFileSync(join(folder, 'log'), 'utf8').split('Accepted publickey').length;
    const count = logins();
    await done('list');
    await done('info', 'web');
    expect(logins()).toBe(count);
    expect(readFileSync(join(folder, 'known'), 'utf8')).toBe(before);
    expect(readdirSync(join(runtime, 'tsmachine-ssh'))).toHaveLength(1);
  });
});

describe('files of the host where a person sits', () => {
  it('are pushed and pulled, with their links', async () => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'sub'), { recursive: true });
    writeFileSync(join(tree, 'sub', "a 'b"), 'text', { mode: 0o640 });
    symlinkSync('/etc/passwd', join(tree, 'link'));
    await done('push', 'web', tree, '/root/');
    expect(await done('exec', 'web', '--', 'sh', '-c', 'cd /root/tree; cat sub/*; readlink link')).toBe(
      'text/etc/passwd\n',
    );
    const back = join(folder, 'back');
    mkdirSync(back);
    expect(await done('pull', 'web', '/root/tree', `${back}/`)).toContain(`pulled to ${back}/`);
    expect(sh(`diff -r --no-dereference ${tree} ${back}/tree && stat -c %a "${back}/tree/sub/a 'b"`)).toBe(
      '640\n',
    );
    await done('pull', 'web', "/root/tree/sub/a 'b", join(back, 'renamed'));
    expect(readFileSync(join(back, 'renamed'), 'utf8')).toBe('text');
  });

  it('do not lead a pull out of its target, by links that are there', async () => {
    const target = join(folder, 'target');
    const outside = join(folder, 'outside');
    for (const path of [target, outside]) mkdirSync(path);
    symlinkSync(outside, join(target, 'tree'));
    await there(['pull', 'web', '/root/tree', `${target}/`]);
    expect(readdirSync(outside)).toEqual([]);
  });

  it('leave nothing there, also after a failure', async () => {
    const left = () => readdirSync('/var/tmp').filter((name) => name.startsWith('tsmachine-'));
    const before = left();
    expect((await there(['pull', 'web', '/nothing', folder])).code).toBe(1);
    expect((await there(['push', 'web', join(folder, 'nothing'), '/'])).stderr).toContain('on this host');
    expect(left()).toEqual(before);
  });

  it('are archives', async () => {
    const archive = join(folder, 'web.tar.gz');
    await done('snapshot', 'web', 'one');
    expect(await done('export', 'web@one', archive)).toContain(`exported to ${archive}`);
    expect(readFileSync(archive).subarray(0, 2).toString('hex')).toBe('1f8b');
    expect((await there(['export', 'web@one', archive])).stderr).toContain('--force');
    expect(await done('import', archive, 'copy')).toContain('copy: imported');
    const broken = join(folder, 'broken.tar.gz');
    expect((await there(['export', 'nobody', broken])).code).toBe(3);
    expect([broken, `${broken}.part`].filter((path) => existsSync(path))).toEqual([]);
  });

  it('are user data', async () => {
    const file = join(folder, 'user-data');
    writeFileSync(file, '#!/bin/sh\necho told > /root/told\n');
    await done('create', 'told', '-t', 'busybox', '--user-data', file, '--start', '--wait');
    await expect
      .poll(async () => (await there(['exec', 'told', '--', 'cat', '/root/told'])).stdout)
      .toBe('told\n');
  });
});

describe('what goes wrong', () => {
  it('is told in ssh’s own words', async () => {
    const { code, stderr } = await host.cli(['--host', 'root@127.0.0.2', 'list'], { env: remote() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no connection to root@127\.0\.0\.2: .*Connection refused/);
  });

  it('is no program there', async () => {
    const env = { ...remote(), TSMACHINE_HOST_PROGRAM: 'tsmachine-that-is-not-there' };
    const { code, stderr } = await host.cli(['--host', destination, 'list'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('install tsmachine there');
  });

  it('is an option in place of a host', async () => {
    const { code, stderr } = await host.cli(['--host=-oProxyCommand=touch /x', 'list'], { env: remote() });
    expect(code).toBe(2);
    expect(stderr).toContain('is no host');
  });

  it('is a folder for connections that others can write', async () => {
    const open = join(host.root, 'open');
    mkdirSync(join(open, 'tsmachine-ssh'), { recursive: true });
    chmodSync(join(open, 'tsmachine-ssh'), 0o777);
    const env = { ...remote(), XDG_RUNTIME_DIR: open };
    expect((await host.cli(['--host', destination, 'list'], { env })).stderr).toContain('is not yours alone');
  });
});
