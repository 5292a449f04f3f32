/** Machines from trees that lie on the host: copied or taken over, whoever made them. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';

const host = withRoot();
const model = join(host.root, 'model-tree');
const tree = join(host.root, 'tree');
const sh = (script: string) => execFileSync('sh', ['-ec', script, 'sh', tree]).toString();

beforeAll(async () => {
  await host.done(['create', 'model', '-t', 'busybox']);
  const [layer = ''] = readdirSync(join(host.root, 'layers'));
  execFileSync('cp', ['-a', join(host.root, 'layers', layer, 'fs'), model]);
});

beforeEach(() => {
  rmSync(tree, { recursive: true, force: true });
  execFileSync('cp', ['-a', model, tree]);
});

const create = (name: string, ...words: readonly string[]) =>
  host.cli(['create', name, '-t', 'directory', '--storage', 'dir', '--', '--from', tree, ...words]);
const filesOf = (name: string) => join(host.root, 'machines', name, 'storage', 'root');

async function expectRefused(words: RegExp, ...options: readonly string[]): Promise<void> {
  const { code, stderr } = await create('refused', ...options);
  expect(stderr).toMatch(words);
  expect(code).toBe(1);
  expect(existsSync(join(host.root, 'machines', 'refused'))).toBe(false);
  expect(existsSync(tree)).toBe(true);
}

describe('a directory', () => {
  it('is copied and boots; as long as nothing in it changes, only once', async () => {
    await host.done(['create', 'web', '-t', 'directory', '--start', '--', '--from', tree]);
    expect(await host.done(['exec', 'web', '--', 'hostname'])).toBe('web\n');
    await host.done(['stop', 'web']);
    const images = () => readdirSync(join(host.root, 'images')).length;
    const before = images();
    expect((await create('second')).code).toBe(0);
    expect(images()).toBe(before);
    writeFileSync(join(tree, 'etc/new'), 'x');
    expect((await create('third')).code).toBe(0);
    expect(images()).toBe(before + 1);
    expect(existsSync(join(filesOf('second'), 'etc/new'))).toBe(false);
    expect(existsSync(tree)).toBe(true);
  });

  it('goes away with take-over, once the machine has its files', async () => {
    expect((await create('taken', '--take-over', 'yes')).code).toBe(0);
    expect(existsSync(tree)).toBe(false);
    expect(readFileSync(join(filesOf('taken'), 'etc/hostname'), 'utf8')).toBe('taken\n');
  });

  it('of a container without privileges is shifted: owners, access lists, capabilities, set-id bits', async () => {
    sh(`cp "$1/bin/busybox" "$1/bin/netcap"; setcap cap_net_raw+ep "$1/bin/netcap"; touch "$1/etc/listed"
      find "$1" -exec chown -h 100000:100000 {} +
      chown -h 100005:100006 "$1/etc/listed"; setfacl -m u:100007:rw "$1/etc/listed"
      cp "$1/bin/busybox" "$1/bin/setid"; chown 100000:100000 "$1/bin/setid"; chmod 4755 "$1/bin/setid"
      setcap -n 100000 cap_net_raw+ep "$1/bin/netcap"`);
    expect((await create('shifted')).code).toBe(0);
    const made = filesOf('shifted');
    const shown = (words: readonly string[]) =>
      execFileSync(words[0] ?? '', words.slice(1), { cwd: made }).toString();
    expect(shown(['stat', '-c', '%u:%g %a', 'etc/listed', 'bin/setid', '.'])).toBe(
      '5:6 664\n0:0 4755\n0:0 755\n',
    );
    expect(shown(['getfacl', '-n', 'etc/listed'])).toContain('user:7:rw');
    expect(shown(['getcap', '-n', 'bin/netcap'])).toBe('bin/netcap cap_net_raw=ep\n');
  });

  it('with ids of two kinds is refused', async () => {
    sh('chown 100000 "$1/etc/passwd"');
    await expectRefused(/ids 0 to 100000 .*etc\/passwd/);
  });

  it('may have sockets, pipes, devices and links to the host in it: none is followed or opened', async () => {
    const server = createServer().listen(join(tree, 'etc/socket'));
    await once(server, 'listening');
    sh(
      'mkfifo "$1/etc/pipe"; mknod "$1/etc/disk" b 8 0; ln -s /etc/shadow "$1/etc/secret"; rm -r "$1/srv"; ln -s /etc "$1/srv"',
    );
    expect((await create('nodes')).code).toBe(0);
    server.close();
    const kind = (path: string) => lstatSync(join(filesOf('nodes'), path));
    expect(
      kind('etc/socket').isSocket() && kind('etc/pipe').isFIFO() && kind('etc/disk').isBlockDevice(),
    ).toBe(true);
    expect(kind('etc/secret').isSymbolicLink() && kind('srv').isSymbolicLink()).toBe(true);
  });
});

describe('a directory is refused and kept', () => {
  it('where something is mounted in it', async () => {
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(tree, 'mnt')]);
    try {
      await expectRefused(/something is mounted on .*tree\/mnt/);
    } finally {
      execFileSync('umount', [join(tree, 'mnt')]);
    }
  });

  it('while something runs in it', async () => {
    const child = spawn('chroot', [tree, '/bin/busybox', 'sh', '-c', 'echo in; read x'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expectRefused(/root directory of process/, '--take-over', 'yes');
    child.stdin.end('\n');
    await once(child, 'exit');
  });

  it('where it is a symbolic link, no root file system, has no init, or is a layer', async () => {
    symlinkSync(tree, join(host.root, 'link'));
    const from = (path: string) => host.cli(['create', 'refused', '-t', 'directory', '--', '--from', path]);
    expect((await from(join(host.root, 'link'))).stderr).toContain('a symbolic link');
    expect((await from(host.root)).stderr).toContain('holds what tsmachine keeps');
    expect((await from(filesOf('second'))).stderr).toContain('belongs to a machine');
    mkdirSync(join(host.root, 'empty'));
    expect((await from(join(host.root, 'empty'))).stderr).toContain('no root file system');
    sh('mknod "$1/etc/gone" c 0 0');
    await expectRefused(/marks of an overlay/);
    sh('rm "$1/sbin/init"');
    await expectRefused(/no init/);
  });
});
