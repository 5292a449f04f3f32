/** Where the images of the test host's machines are. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sparse. */
const BYTES = 8 * 2 ** 30;

/**
 * Makes `folder`/disk, in which `machines` is for /var/lib/machines: a btrfs of its own, where clones and snapshots are instant and disk limits are
 * real; or, with `directories`, of the host's file system. A loop device goes with its mount.
 */
export function makeDisk(folder, directories) {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  if (!directories) mountBtrfs(join(folder, 'disk.img'), disk);
  const machines = join(disk, 'machines');
  mkdirSync(machines, { mode: 0o700 });
  return { disk, machines };
}

function mountBtrfs(image, disk) {
  writeFileSync(image, '');
  truncateSync(image, BYTES);
  run('mkfs.btrfs', ['--quiet', image]);
  run('mount', ['--options', 'loop', image, disk]);
  run('btrfs', ['quota', 'enable', disk]);
}

export function unmountDisk(folder) {
  spawnSync('umount', [join(folder, 'disk')], { stdio: 'ignore' });
}

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}
