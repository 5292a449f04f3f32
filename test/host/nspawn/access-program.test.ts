/** Commands, files and binds of machines that machined keeps, through the program. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nspawnDisk } from '../../setup/nspawn-host.ts';
import { spawnCli } from '../../setup/run-cli.ts';
import { withNspawnHost } from './nspawn-host.ts';

const host = withNspawnHost();
const size = 10_000_000;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(nspawnDisk, 'program-'));
  await host.busyboxImage('my-small');
  await host.debianImage('large');
  for (const name of ['my-small', 'large']) await host.machinectl('start', name);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const exec = (name: string, ...words: readonly string[]) =>
  spawnCli(['--backend', 'nspawn', 'exec', name, ...words], { env: host.env });
const inside = async (name: string, script: string) =>
  (await host.done(['exec', name, '--', 'sh', '-c', script])).trim();

for (const name of ['my-small', 'large']) {
  describe(`exec in ${name} as a part of a pipeline`, () => {
    it('passes 10 MB in and out whole and in order', async () => {
      const bytes = randomBytes(size);
      const received = createHash('sha256');
      const child = exec(name, '--', 'cat');
      child.stdout?.on('data', (chunk: Buffer) => received.update(chunk));
      child.stdin?.end(bytes);
      expect(await once(child, 'close')).toEqual([0, null]);
      expect(received.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    });

    it('forwards signals, and gives the code of what they do', async () => {
      const child = exec(
        name,
        '--',
        'sh',
        '-c',
        'trap "exit 33" TERM; echo ready; while :; do sleep 0.1; done',
      );
      await once(child.stdout as NodeJS.EventEmitter, 'data');
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([33, null]);
    });

    it('has a terminal of the machine’s own when it is asked for one', async () => {
      const child = exec(name, '-t', '--', 'sh', '-c', 'tty; test -t 0 && test -t 1 && echo both');
      const shown: Buffer[] = [];
      child.stdout?.on('data', (chunk: Buffer) => shown.push(chunk));
      await once(child, 'close');
      expect(Buffer.concat(shown).toString()).toMatch(/^\/dev\/pts\/\d+\r\nboth\r\n$/);
    });
  });

  describe(`files of ${name}`, () => {
    it('go in and out by push and pull, 10 MB whole', async () => {
      const bytes = randomBytes(size);
      writeFileSync(join(folder, name), bytes);
      await host.done(['push', name, join(folder, name), '/var/big', '--owner', '12:13']);
      expect(await inside(name, 'stat -c %u:%g:%s /var/big')).toBe(`12:13:${size}`);
      await host.done(['pull', name, '/var/big', join(folder, `${name}.back`)]);
      expect(readFileSync(join(folder, `${name}.back`)).equals(bytes)).toBe(true);
    });

    it('are bound at once, stand in the settings file, and are there again after the next start', async () => {
      const source = join(folder, `${name}-bound`);
      mkdirSync(source);
      writeFileSync(join(source, 'file'), 'bound\n');
      await host.done(['bind', name, source, '/mnt/bound', '--read-only']);
      expect(await inside(name, 'cat /mnt/bound/file; stat -c %u /mnt/bound/file')).toBe('bound\n0');
      expect(readFileSync(`/etc/systemd/nspawn/${name}.nspawn`, 'utf8')).toContain(
        `BindReadOnly=${source}:/mnt/bound:idmap`,
      );
      await host.run('systemctl', 'restart', `systemd-nspawn@${name}`);
      expect(await inside(name, 'cat /mnt/bound/file; stat -c %u /mnt/bound/file')).toBe('bound\n0');
      await host.done(['bind', name, source, '/mnt/other']);
      expect(await inside(name, 'ls /mnt/other')).toBe('file');
      await host.done(['bind', name, '/mnt/other', '--remove']);
      expect(await inside(name, 'ls /mnt/other')).toBe('');
    });

    it('that were bound by its start stay until its end, since nobody can take them away; then both are gone', async () => {
      const refused = await host.cli(['bind', name, '/mnt/bound', '--remove']);
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/stays until it ends[\s\S]*stop/),
      });
      expect(await inside(name, 'ls /mnt/bound')).toBe('file');
      await host.run('systemctl', 'stop', `systemd-nspawn@${name}`);
      await host.done(['bind', name, '/mnt/bound', '--remove']);
      expect(readFileSync(`/etc/systemd/nspawn/${name}.nspawn`, 'utf8')).not.toContain('Bind');
      await host.machinectl('start', name);
      expect(await inside(name, 'ls /mnt/bound')).toBe('');
    });
  });
}

describe('logs', () => {
  it('are what the machine printed', async () => {
    expect(await host.done(['console', 'large', '--log'])).toMatch(/systemd \d+.* running in system mode/);
  });
});

describe('a machine that is not there', () => {
  it('is said so by all of them', async () => {
    expect((await host.cli(['exec', 'nobody', '--', 'true'])).code).toBe(125);
    for (const words of [
      ['push', 'nobody', '/etc/hosts', '/x'],
      ['pull', 'nobody', '/x', join(folder, 'x')],
      ['bind', 'nobody', '/etc', '/x'],
    ]) {
      expect((await host.cli(words)).code, words.join(' ')).toBe(3);
    }
  });
});
