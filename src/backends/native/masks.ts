/**
 * What a machine may not see or write in its own /proc and /sys, because the kernel has no namespace for it. For its
 * services and for machines nested in it this is a wall. Its root has sys_admin over its mounts and can take them
 * away: against root the wall is the user namespace, since the kernel asks for rights over the host behind each.
 */

export interface GuardedPath {
  readonly path: string;
  readonly reason: string;
}

/** Hidden: a file becomes /dev/null, a directory an empty read-only tmpfs. */
export const MASKED_PATHS: readonly GuardedPath[] = [
  { path: '/proc/kallsyms', reason: 'addresses of the kernel help exploits' },
  { path: '/proc/kcore', reason: 'it is the memory of the host' },
  { path: '/proc/keys', reason: 'it lists keys of the host' },
  { path: '/proc/latency_stats', reason: 'it tells what the host does' },
  { path: '/proc/sysrq-trigger', reason: 'one byte written there reboots the host' },
  { path: '/proc/timer_list', reason: 'it lists timers and processes of the host' },
  { path: '/proc/sched_debug', reason: 'it lists processes of the host' },
  { path: '/proc/interrupts', reason: 'its timing tells keystrokes and traffic of the host' },
  { path: '/sys/firmware', reason: 'it is the firmware of the host' },
  {
    path: '/sys/devices/virtual/powercap',
    reason: 'power readings leak secrets of the host (CVE-2020-8694)',
  },
];

const SYSCTL_REASON = "these settings are the host's";

/**
 * Read-only. Of /proc/sys all but net, which belongs to the network namespace: every directory that the kernel
 * can have there is listed, so that no read-only mount of the whole has to be opened again for net.
 */
export const READ_ONLY_PATHS: readonly GuardedPath[] = [
  { path: '/proc/bus', reason: 'it configures devices of the host' },
  { path: '/proc/fs', reason: 'it configures file systems of the host' },
  { path: '/proc/irq', reason: 'it moves interrupts of the host' },
  { path: '/proc/acpi', reason: 'it controls the power of the host' },
  { path: '/proc/asound', reason: 'it configures sound devices of the host' },
  { path: '/proc/scsi', reason: 'it removes disks of the host' },
  ...['abi', 'crypto', 'debug', 'dev', 'fs', 'kernel', 'sunrpc', 'user', 'vm', 'xen'].map((name) => ({
    path: `/proc/sys/${name}`,
    reason: SYSCTL_REASON,
  })),
];
