import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInit } from '../../../src/templates/init/find-init.ts';
import { resolveInRoot } from '../../../src/templates/init/in-root.ts';
import { runFolder } from '../../setup/test-run.ts';

/** A value that begins with -> is a symbolic link, another one a program with that in it. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(runFolder(), 'root-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    if (content.startsWith('->')) symlinkSync(content.slice(2), join(root, path));
    else writeFileSync(join(root, path), content, { mode: 0o755 });
  }
  return root;
}

describe('the init that is found', () => {
  it.each([
    [
      'systemd by its link',
      { 'usr/lib/systemd/systemd': 'x', lib: '->usr/lib', 'sbin/init': '->../lib/systemd/systemd' },
      'SIGRTMIN+3',
      'SIGRTMIN+5',
    ],
    ['busybox by its link', { 'bin/busybox': 'x', 'sbin/init': '->/bin/busybox' }, 'SIGUSR2', 'SIGTERM'],
    ['busybox as a file of its own', { 'sbin/init': '...BusyBox v1.36.1...' }, 'SIGUSR2', 'SIGTERM'],
    ['sysvinit', { 'sbin/init': '...INIT_VERSION...' }, 'SIGPWR', 'SIGINT'],
    ['openrc', { 'sbin/openrc-init': 'x', 'sbin/init': '->openrc-init' }, 'SIGTERM', 'SIGINT'],
    ['another one', { 'sbin/init': '#!/bin/sh' }, 'auto', 'SIGINT'],
  ])('is %s, with its signals', (_what, files, halt, reboot) => {
    const { init, signals } = findInit(tree(files as Record<string, string>));
    expect(init.argv).toEqual(['/sbin/init']);
    expect(signals).toEqual({ halt, reboot });
  });

  it('tells when it has booted if it is systemd, and no other does', () => {
    const systemd = tree({ 'usr/lib/systemd/systemd': 'x', 'sbin/init': '->/usr/lib/systemd/systemd' });
    expect(findInit(systemd).init.notifies).toBe(true);
    expect(findInit(tree({ 'sbin/init': '...INIT_VERSION...' })).init).not.toHaveProperty('notifies');
  });

  it('is the one that is asked for, with its arguments; a shell of busybox is no init', () => {
    const root = tree({ 'bin/busybox': 'x', 'bin/sh': '->busybox' });
    const { init, signals } = findInit(root, '/bin/sh -c true');
    expect(init.argv).toEqual(['/bin/sh', '-c', 'true']);
    expect(signals.halt).toBe('auto');
  });

  it.each([
    ['nothing', {}, ''],
    ['a link that leads nowhere', { 'sbin/init': '->/usr/sbin/init' }, ''],
    ['a link to a program of the host', { 'sbin/init': '->/bin/sh' }, ''],
    ['links in a circle', { 'sbin/init': '->/sbin/init' }, ''],
    ['nothing where it is said to be', { 'sbin/init': 'x' }, '/sbin/start'],
  ])('is none where there is %s, and it is said what to do', (_what, files, wanted) => {
    expect(() => findInit(tree(files as Record<string, string>), wanted)).toThrow(
      expect.objectContaining({ name: 'TemplateError', hint: expect.stringContaining('init=/bin/sh') }),
    );
  });
});

describe('a path in a tree of others', () => {
  it('leads as it would inside, and never out', () => {
    const root = tree({ 'etc/passwd': 'x', up: '->../../../../etc', loop: '->loop', 'a/b': '->/etc/passwd' });
    expect(resolveInRoot(root, '/up/passwd')).toBe('/etc/passwd');
    expect(resolveInRoot(root, '/a/b')).toBe('/etc/passwd');
    expect(resolveInRoot(root, '/a/../../../etc/passwd')).toBe('/etc/passwd');
    expect(resolveInRoot(root, '/loop')).toBeUndefined();
    expect(resolveInRoot(root, '/etc/shadow')).toBeUndefined();
  });
});
