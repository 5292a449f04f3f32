// The cgroup layout that is measured: the host's own, or a pure one in a mount namespace of its own.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const scripts = {
  // Of a hybrid host only the v2 tree, at its usual place. (The controllers stay with v1: nothing is limited there.)
  v2: `mount --bind /sys/fs/cgroup/unified /mnt && umount -l /sys/fs/cgroup && mount --move /mnt /sys/fs/cgroup`,
  v1: `umount /sys/fs/cgroup/unified 2>/dev/null; true`,
};

/** As /proc/self/mounts tells it. */
export function currentLayout() {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const v2 = / cgroup2 /.test(mounts);
  const v1 = / cgroup /.test(mounts);
  return v1 && v2 ? 'hybrid' : v2 ? 'v2' : 'v1';
}

/** Runs a command where only hierarchies of one kind are mounted; nothing changes for anybody else. */
export function spawnInLayout(layout, argv, options) {
  const script = `set -e; ${scripts[layout]}; exec "$0" "$@"`;
  return spawnSync('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, ...argv], options);
}
