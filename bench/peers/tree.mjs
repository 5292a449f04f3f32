// The root file system that every peer runs: the same static busybox, the same init.
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../measure.mjs';

const directories = ['bin', 'sbin', 'usr/bin', 'etc', 'proc', 'sys', 'dev', 'run', 'tmp', 'root', 'var'];

/** Makes a minimal tree at `target` from the busybox at `busybox`. */
export function makeTree(target, busybox) {
  for (const directory of directories) mkdirSync(join(target, directory), { recursive: true });
  copyFileSync(busybox, join(target, 'bin/busybox'));
  const applets = run([busybox, '--list']).stdout.toString().trim().split('\n');
  for (const applet of applets) {
    if (applet !== 'busybox') symlinkSync('/bin/busybox', join(target, 'bin', applet));
  }
  symlinkSync('/bin/busybox', join(target, 'sbin/init'));
  writeFileSync(join(target, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(target, 'etc/inittab'), '::sysinit:/bin/true\nconsole::respawn:/bin/sleep 100000\n');
}
