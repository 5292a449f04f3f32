/** What the virtual machine is made of. All of it, and these files themselves, is in the key of a built machine. */
import { readFileSync } from 'node:fs';

/** RAM in MiB, and processors: a saved state fits these alone. */
export const memoryMiB = 2048;
export const processors = 2;
/** Sparse: what the guest writes is thrown away with each run. */
export const diskSize = '8G';

/** A host as our users have it: systemd, its bus, AppArmor; and what the tests call. No compiler: that would take minutes. */
export const guestPackages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'udev', 'kmod', 'apparmor', 'libpam-systemd'],
  ...['systemd-container', 'libnss-mymachines', 'polkitd'],
  // The host's own Node runs on this.
  'libstdc++6',
  ...['busybox-static', 'procps', 'util-linux', 'iproute2', 'nftables', 'less'],
  ...['btrfs-progs', 'e2fsprogs', 'xfsprogs', 'attr', 'acl', 'libcap2-bin', 'xz-utils', 'zstd'],
  ...['strace', 'make', 'openssh-client', 'openssh-server', 'tmux'],
  // The helper's own tests run under the sanitizers with which the host built them.
  ...['libasan8', 'libubsan1'],
];

/** Folders of the kernel's modules that a machine of ours may need; the rest is for hardware. */
export const moduleFolders = [
  ...['arch', 'block', 'crypto', 'fs', 'lib', 'mm', 'net', 'security'],
  ...[
    'drivers/block',
    'drivers/char',
    'drivers/md',
    'drivers/net',
    'drivers/virtio',
    'drivers/crypto/virtio',
  ],
];

/** What the initrd loads to reach the disk. */
export const bootModules = ['virtio_mmio', 'virtio_blk', 'crc32c_generic', 'ext4'];

/** Loaded before the machine is saved: none of it has to be looked for in a run. */
export const loadedModules = [
  ...['virtio_console', 'virtio-rng', '9p', '9pnet_virtio', 'overlay', 'loop', 'btrfs', 'fuse'],
  ...['veth', 'tun', 'bridge', 'nf_tables'],
];

/** Nothing that a test looks at, and each costs seconds of a slow processor or wakes up in the middle of a test. */
export const maskedUnits = [
  ...[
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'dpkg-db-backup.timer',
    'fstrim.timer',
    'e2scrub_all.timer',
  ],
  ...[
    'e2scrub_reap.service',
    'systemd-tmpfiles-clean.timer',
    'systemd-timesyncd.service',
    'serial-getty@ttyS0.service',
  ],
  ...['getty@tty1.service', 'systemd-pstore.service', 'man-db.timer', 'ssh.service'],
];

export const kernelWords = [
  ...['root=/dev/vda', 'rw', 'console=ttyS0', 'quiet', 'panic=-1'],
  // Without these the guest measures its clock, which fails now and then on a busy host.
  ...[`tsc_early_khz=${tscKilohertz()}`, 'tsc=reliable', 'no_timer_check'],
  ...['psi=1', 'apparmor=1', 'security=apparmor', 'random.trust_cpu=on', 'mitigations=off'],
  ...['systemd.unified_cgroup_hierarchy=1', 'systemd.show_status=no', 'net.ifnames=0'],
];

function tscKilohertz() {
  // Twice the clock in MHz, on x86: loops_per_jiffy is taken from the TSC (arch/x86/kernel/tsc.c).
  const bogomips = /^bogomips\s*:\s*([\d.]+)/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  return Math.round(Number(bogomips ?? 4000) * 500);
}
