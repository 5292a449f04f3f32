/**
 * The capabilities (capabilities(7)) and which of them a system container keeps: lxc's set, less what lets root
 * inside act on what has no namespace. In a user namespace most of the dropped ones are powerless anyway; for a
 * privileged machine this table is the guard.
 */
import { BackendError, type MachineSpec } from '../backend.ts';

export interface Capability {
  readonly number: number;
  /** Without CAP_, lower case. */
  readonly name: string;
  readonly kept: boolean;
  readonly reason: string;
}

const KEPT = true;
const DROPPED = false;

type Row = readonly [name: string, kept: boolean, reason: string];

/** In the order of their numbers, linux/capability.h. */
const ROWS: readonly Row[] = [
  ['chown', KEPT, 'package managers give files to users'],
  ['dac_override', KEPT, 'root reads and writes any file of the machine'],
  ['dac_read_search', KEPT, 'backup tools; its misuse open_by_handle_at is refused by seccomp'],
  ['fowner', KEPT, 'chmod and chattr on files of others'],
  ['fsetid', KEPT, 'set-group-id bits survive a write'],
  ['kill', KEPT, 'reaches processes of the pid namespace only'],
  ['setgid', KEPT, 'login, sudo, services with their own group'],
  ['setuid', KEPT, 'login, sudo, services with their own user'],
  ['setpcap', KEPT, 'services bound their own capabilities'],
  ['linux_immutable', KEPT, 'chattr +i'],
  ['net_bind_service', KEPT, 'ports below 1024 of its own network'],
  ['net_broadcast', KEPT, 'unused by the kernel'],
  ['net_admin', KEPT, 'its own network namespace: addresses, routes, firewall'],
  ['net_raw', KEPT, 'ping, DHCP clients'],
  ['ipc_lock', KEPT, 'databases lock memory; counted in the memory limit'],
  ['ipc_owner', KEPT, 'its own ipc namespace'],
  ['sys_module', DROPPED, 'kernel modules belong to the host'],
  ['sys_rawio', DROPPED, 'I/O ports and physical memory belong to the host'],
  ['sys_chroot', KEPT, 'chroot, nested managers'],
  ['sys_ptrace', KEPT, 'debuggers, within the pid namespace'],
  ['sys_pacct', KEPT, 'per pid namespace; acct itself is refused by seccomp'],
  ['sys_admin', KEPT, 'init mounts; bounded by the namespaces, masks and seccomp'],
  ['sys_boot', KEPT, 'reboot and poweroff of its own pid namespace'],
  ['sys_nice', KEPT, 'priorities of its own processes'],
  ['sys_resource', KEPT, 'services raise their limits; cgroups bound the machine'],
  ['sys_time', DROPPED, 'the clock is shared with the host'],
  ['sys_tty_config', KEPT, 'vhangup by getty and login'],
  ['mknod', KEPT, 'unpacking packages; a node in a user namespace opens nothing'],
  ['lease', KEPT, 'file leases'],
  ['audit_write', DROPPED, "the audit log is the host's"],
  ['audit_control', DROPPED, "audit rules are the host's"],
  ['setfcap', KEPT, 'packages with file capabilities (ping)'],
  ['mac_override', DROPPED, "the security policy is the host's"],
  ['mac_admin', DROPPED, "the security policy is the host's"],
  ['syslog', DROPPED, "the kernel log is the host's"],
  ['wake_alarm', DROPPED, 'wakes the host from suspend'],
  ['block_suspend', DROPPED, 'keeps the host from suspending'],
  ['audit_read', DROPPED, "the audit log is the host's"],
  ['perfmon', KEPT, 'as lxc; perf_event_open itself is refused by seccomp'],
  ['bpf', KEPT, 'as lxc; bpf itself is refused by seccomp unless nesting'],
  ['checkpoint_restore', KEPT, 'its own processes'],
];

export const CAPABILITIES: readonly Capability[] = ROWS.map(([name, kept, reason], number) => ({
  number,
  name,
  kept,
  reason,
}));

/**
 * The capabilities a machine of this spec has, by number.
 * @throws BackendError 'failed' for a name that is none
 */
export function machineCapabilities(spec: MachineSpec): readonly Capability[] {
  const { add, drop } = spec.capabilities;
  for (const name of [...add, ...drop]) checkName(name);
  return CAPABILITIES.filter(({ name, kept }) => (kept || add.includes(name)) && !drop.includes(name));
}

export function hasCapability(spec: MachineSpec, name: string): boolean {
  return machineCapabilities(spec).some((capability) => capability.name === name);
}

function checkName(name: string): void {
  if (CAPABILITIES.some((capability) => capability.name === name)) return;
  throw new BackendError('failed', `no capability is named '${name}'`, { hint: hintFor(name) });
}

function hintFor(name: string): string {
  const meant = name.toLowerCase().replace(/^cap_/, '').replaceAll('-', '_');
  if (CAPABILITIES.some((capability) => capability.name === meant)) return `Write it as '${meant}'.`;
  return 'Names are those of capabilities(7) in lower case without CAP_, for example net_admin.';
}
