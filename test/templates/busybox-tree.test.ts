import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApplets } from '../../src/templates/busybox/applets.ts';
import { writeTree } from '../../src/templates/busybox/tree.ts';
import { fakeBusyboxScript, scratchFile } from './fake-host.ts';
import { prepareContext } from './template-context.ts';

const full = [
  'bin/sh',
  'bin/login',
  'bin/busybox',
  'linuxrc',
  'sbin/init',
  'sbin/poweroff',
  'sbin/reboot',
  'sbin/halt',
];
const names = ['sh', 'login', 'init', 'poweroff', 'reboot', 'halt'];
const signal = new AbortController().signal;

function fakeBusybox(answers: Parameters<typeof fakeBusyboxScript>[0]): string {
  return scratchFile('busybox', `#!/bin/sh\n${fakeBusyboxScript(answers)}\n`);
}

async function buildTree(binary = fakeBusybox({ full, names })): Promise<string> {
  const { target } = prepareContext();
  await writeTree(target, binary, await readApplets(binary, signal));
  return target;
}

/** Every entry with all that an image consists of. */
function manifest(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const { mode, mtimeMs, size, uid } = lstatSync(path);
      return `${path.slice(root.length)} ${mode.toString(8)} ${mtimeMs} ${size} ${uid}`;
    });
}

describe('the tree of a busybox machine', () => {
  it('links every applet to the one program, where the program says it belongs', async () => {
    const root = await buildTree();
    expect(readlinkSync(join(root, 'sbin/init'))).toBe('/bin/busybox');
    expect(readlinkSync(join(root, 'bin/sh'))).toBe('/bin/busybox');
    expect(lstatSync(join(root, 'bin/busybox')).isFile()).toBe(true);
    expect(readdirSync(root)).not.toContain('linuxrc');
  });

  it('has what init needs to boot, to open a root console without a password and to halt', async () => {
    const root = await buildTree();
    const inittab = readFileSync(join(root, 'etc/inittab'), 'utf8');
    expect(inittab).toContain('::sysinit:/etc/init.d/rcS');
    expect(inittab).toContain('console::respawn:/bin/login -f root');
    expect(lstatSync(join(root, 'etc/init.d/rcS')).mode & 0o777).toBe(0o755);
    for (const script of ['rcS', 'rcK']) execFileSync('sh', ['-n', join(root, 'etc/init.d', script)]);
    execFileSync('sh', ['-n', join(root, 'etc/profile')]);
  });

  it('gives root no password that could be guessed', async () => {
    const root = await buildTree();
    const shadow = readFileSync(join(root, 'etc/shadow'), 'utf8');
    expect(
      shadow
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(':')[1]),
    ).toEqual(['*', '*', '*']);
    expect(lstatSync(join(root, 'etc/shadow')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toMatch(/^root:x:0:0:root:\/root:\/bin\/sh$/m);
  });

  it('has the mount points, a private home of root and temporary folders with the sticky bit, under any umask', async () => {
    const before = process.umask(0o077);
    try {
      const root = await buildTree();
      const mode = (path: string): number => lstatSync(join(root, path)).mode & 0o7777;
      for (const path of ['', 'proc', 'sys', 'dev', 'run', 'bin', 'etc', 'usr/bin', 'var/log']) {
        expect(mode(path), path).toBe(0o755);
      }
      expect(mode('root')).toBe(0o700);
      expect(mode('tmp')).toBe(0o1777);
      expect(mode('var/tmp')).toBe(0o1777);
      expect(mode('etc/passwd')).toBe(0o644);
    } finally {
      process.umask(before);
    }
  });

  it('is the same for the same program, whenever it is made', async () => {
    const binary = fakeBusybox({ full, names });
    const first = manifest(await buildTree(binary));
    expect(manifest(await buildTree(binary))).toEqual(first);
    expect(first.filter((line) => line.split(' ')[2] !== '0')).toEqual([]);
  });

  it('names the program and its version in os-release', async () => {
    const root = await buildTree();
    expect(readFileSync(join(root, 'etc/os-release'), 'utf8')).toContain('VERSION_ID=1.99.0');
  });
});

describe('readApplets', () => {
  it('puts tools into /bin and init into /sbin when the program cannot say where they belong', async () => {
    const { paths } = await readApplets(fakeBusybox({ names }), signal);
    expect(paths).toContain('sbin/init');
    expect(paths).toContain('bin/poweroff');
  });

  it('refuses a program that is built without init', async () => {
    const binary = fakeBusybox({ names: names.filter((name) => name !== 'init') });
    await expect(readApplets(binary, signal)).rejects.toThrow('is built without init');
  });

  it('refuses a program that does not run', async () => {
    await expect(readApplets(scratchFile('busybox', 'text', 0o644), signal)).rejects.toThrow('does not run');
  });

  it('does not blame the program when the command is interrupted', async () => {
    const binary = fakeBusybox({ full, names });
    await expect(readApplets(binary, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
