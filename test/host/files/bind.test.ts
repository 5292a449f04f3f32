import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { collect, spawnCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';

const host = inThisProcess(withRoot());
const shared = join(host.root, 'shared');

beforeAll(async () => {
  mkdirSync(shared);
  writeFileSync(join(shared, 'file'), 'of the host\n');
  execFileSync('mknod', [join(shared, 'node'), 'c', '1', '3']);
  await host.done(['create', 'web', '-t', 'busybox', '--start']);
});
afterAll(() => host.cli(['destroy', '--force', '--now', 'web']));

const inside = (script: string) => host.cli(['exec', 'web', '--', 'sh', '-c', script]);
const mounts = async () => (await inside('cat /proc/mounts')).stdout;

describe('a bind into a machine that runs', () => {
  it('is there at once with mapped ids, and again after the next start, until it is removed', async () => {
    await host.done(['bind', 'web', shared, '/srv/shared']);
    const { stdout } = await inside(
      'stat -c %u /srv/shared/file; echo mine > /srv/shared/new; cat /srv/shared/node; echo $?',
    );
    expect(stdout).toBe('0\n1\n');
    expect(statSync(join(shared, 'new')).uid).toBe(0);
    await host.done(['restart', 'web']);
    expect((await inside('cat /srv/shared/file')).stdout).toBe('of the host\n');
    await host.done(['bind', 'web', shared, '--remove']);
    expect((await inside('ls -A /srv/shared')).stdout).toBe('');
    expect(await host.done(['config', 'web'])).not.toContain(shared);
  });

  it('cannot be made writable by the machine when it is read-only', async () => {
    await host.done(['bind', 'web', shared, '/srv/shared', '--read-only']);
    const { stdout } = await inside(
      'mount -o remount,rw,bind /srv/shared; mount -o remount,bind,dev,rw /srv/shared; echo evil > /srv/shared/file; echo $?',
    );
    expect(stdout).toBe('1\n');
    expect(await mounts()).toMatch(/\/srv\/shared \S+ ro,nodev/);
    expect(readFileSync(join(shared, 'file'), 'utf8')).toBe('of the host\n');
    await host.done(['bind', 'web', '/srv/shared', '--remove']);
  });

  it('is not taken from a process that uses it, which is named, but by force', async () => {
    await host.done(['bind', 'web', shared, '/srv/shared']);
    const user = spawnCli(['exec', 'web', '--', 'sh', '-c', 'cd /srv/shared; echo in; read x'], {
      env: host.env,
    });
    await new Promise((resolve) => user.stdout?.once('data', resolve));
    const { code, stderr } = await host.cli(['bind', 'web', shared, '--remove']);
    expect({ code, named: /in use by sh \(pid \d+\)/.test(stderr) }).toEqual({ code: 4, named: true });
    expect(await mounts()).toContain('/srv/shared');
    await host.done(['bind', 'web', shared, '--remove', '--force']);
    expect(await mounts()).not.toContain('/srv/shared');
    await collect(user, '\n');
  });

  it('is refused where a link leads, where the kernel is, and twice; then nothing is kept', async () => {
    await inside('mkdir -p /real; ln -sfn /real /way');
    for (const path of ['/way', '/way/below', '/proc/self', '/dev', '/']) {
      expect((await host.cli(['bind', 'web', shared, path])).code, path).not.toBe(0);
    }
    expect((await host.cli(['bind', 'web', '/dev/null', '/nul'])).stderr).toContain('gets no devices');
    expect(await host.done(['config', 'web'])).not.toContain('bind.');
    await host.done(['bind', 'web', join(shared, 'file'), '/etc/motd', '-r']);
    expect((await host.cli(['bind', 'web', shared, '/etc/motd'])).stderr).toContain('already');
    expect((await inside('cat /etc/motd')).stdout).toBe('of the host\n');
  });

  it('is a matter of the configuration alone for one that is stopped', async () => {
    await host.done(['stop', 'web']);
    expect(await host.done(['bind', 'web', shared, '/later'])).toContain('from its next start on');
    await host.done(['start', 'web']);
    expect((await inside('cat /later/file')).stdout).toBe('of the host\n');
  });
});
