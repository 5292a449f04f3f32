/**
 * What an installed system becomes an image by: what belongs to one machine alone goes, and its console is let in by. Nothing runs in the tree
 * while this does, and the packages that made it are trusted: no link in it is set as a trap.
 */
import { existsSync, lstatSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sources } from './host-sources.ts';
import type { DebianOrder } from './order.ts';

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

/** A second machine with these would be taken for the first, or share its secrets. */
const ofOneMachine = [
  'var/lib/dbus/machine-id',
  'var/lib/systemd/random-seed',
  'var/lib/systemd/credential.secret',
];

export async function furnish(tree: string, order: DebianOrder, sources: Sources): Promise<void> {
  for (const path of ofOneMachine) await rm(join(tree, path), { force: true });
  await dropHostsFiles(tree);
  await mkdir(join(tree, 'etc/default'), { recursive: true });
  // Empty and not missing: systemd takes the machine's id from its manager, and asks nobody anything at a first boot.
  await writeFile(join(tree, 'etc/machine-id'), '');
  await writeIfMissing(tree, 'etc/default/locale', lines('LANG=C.UTF-8'));
  if (order.consoleLogin === 'root') await write(tree, CONSOLE_DROP_IN, consoleDropIn);
  await renewHostKeys(tree);
  await bringKeyrings(tree, sources);
}

/** mmdebstrap copies these from the host, so that packages find the network. A link is what a package made. */
async function dropHostsFiles(tree: string): Promise<void> {
  for (const path of ['etc/hostname', 'etc/resolv.conf']) {
    const stats = lstatSync(join(tree, path), { throwIfNoEntry: false });
    if (stats?.isFile() === true) await rm(join(tree, path));
  }
}

const CONSOLE_DROP_IN = 'etc/systemd/system/console-getty.service.d/tsmachine.conf';

/** As the unit of Debian's systemd has it, but for the name: the rest must stay in step with it. */
const consoleDropIn = lines(
  '# Whoever may open the console is root on the host: no password is asked.',
  '[Service]',
  'ExecStart=',
  "ExecStart=-/sbin/agetty -o '-p -f -- \\\\u' --noclear --keep-baud --autologin root - 115200,38400,9600 $TERM",
);

const hostKeysDropIn = lines(
  '# The image that this machine was made from has no host keys: each machine makes its own.',
  '[Service]',
  'ExecStartPre=',
  'ExecStartPre=/usr/bin/ssh-keygen -A',
  'ExecStartPre=/usr/sbin/sshd -t',
);

/** Keys made at the installation would be those of every machine of this image. */
async function renewHostKeys(tree: string): Promise<void> {
  const ssh = join(tree, 'etc/ssh');
  const keys = (await readdir(ssh).catch(() => [])).filter((name) => /^ssh_host_.*_key(\.pub)?$/.test(name));
  for (const name of keys) await rm(join(ssh, name));
  if (keys.length > 0) await write(tree, 'etc/systemd/system/ssh.service.d/tsmachine.conf', hostKeysDropIn);
}

/** A mirror of the host's own is signed by keys that no package brings. */
async function bringKeyrings(tree: string, { entries, stanzas }: Sources): Promise<void> {
  const named = [...`${entries.join('\n')}\n${stanzas}`.matchAll(/signed-by\s*[:=]\s*"?(\/[^\s\]",]+)/gi)];
  for (const [, path = ''] of named) {
    const inside = join(tree, path);
    // A path that leads up would be one of the host's.
    if (path.includes('..') || existsSync(inside) || !existsSync(path)) continue;
    await mkdir(dirname(inside), { recursive: true });
    await copyFile(path, inside);
  }
}

async function writeIfMissing(tree: string, path: string, text: string): Promise<void> {
  if (lstatSync(join(tree, path), { throwIfNoEntry: false }) === undefined) await write(tree, path, text);
}

async function write(tree: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), text, { flag: 'wx', mode: 0o644 });
}
