/** What a person can do about a step that failed: by operation and errno. */
import { GUARD_HINTS } from '../cgroups/devices/guard-refused.ts';
import { MARK_HINTS } from '../cgroups/marks/marks-refused.ts';

interface HintRule {
  /** A prefix of the operation's name; empty: any. */
  readonly operation: string;
  readonly errno: string;
  /** Must occur in the path, if given. */
  readonly path?: string;
  readonly hint: string;
}

/** The first rule that fits is taken: the special ones stand before the general ones. */
const RULES: readonly HintRule[] = [
  {
    operation: 'exec',
    errno: 'ENOENT',
    hint: "The image has no such init, or the loader that its init needs is missing: check the machine's root and init.",
  },
  {
    operation: 'exec',
    errno: 'EACCES',
    hint: 'The init is not executable for root of the machine: chmod +x it in the image.',
  },
  {
    operation: 'exec',
    errno: 'ENOEXEC',
    hint: 'The init is no program of this processor: is the image made for another architecture?',
  },
  {
    operation: 'overlay',
    errno: 'EOVERFLOW',
    hint: "The writable layer is owned by ids outside the machine's range: it must be owned by root on the host.",
  },
  {
    operation: 'overlay',
    errno: 'EINVAL',
    hint: 'The file system of the layers cannot be id-mapped or lacks what overlayfs needs (d_type, xattrs): see `tsmachine doctor`, or use another root folder.',
  },
  {
    operation: 'overlay',
    errno: 'ESTALE',
    hint: 'The writable layer belongs to other layers: it was moved or its layers were replaced.',
  },
  {
    operation: 'overlay',
    errno: 'EBUSY',
    hint: 'The writable layer is still mounted elsewhere: look for a machine that shares it with `tsmachine doctor`.',
  },
  {
    operation: 'overlay',
    errno: 'ENODEV',
    hint: 'The kernel has no overlay file system: modprobe overlay.',
  },
  {
    operation: 'tree',
    errno: 'EINVAL',
    path: '/storage/root',
    hint: 'Its files lie where ids cannot be mapped, as on the overlay of a container: keep machines on ext4, xfs or btrfs (--root, TSMACHINE_ROOT); or, in a container of your own, `tsmachine set NAME privileged=true`: its root is then root of that container.',
  },
  {
    operation: 'tree',
    errno: 'EINVAL',
    hint: 'The file system of this host path cannot be id-mapped (kernel 5.12+ and ext4, xfs, btrfs, tmpfs 6.3+ ...): bind another path.',
  },
  {
    operation: 'tree',
    errno: 'ENOENT',
    hint: 'The host path of a bind is gone: make it again, or take the bind away: tsmachine unbind NAME PATH.',
  },
  {
    operation: 'cgroup-create',
    errno: 'EBUSY',
    hint: "Processes are left in the machine's group: look at its cgroup.procs, end them, then start again.",
  },
  {
    operation: 'cgroup',
    errno: 'EBUSY',
    hint: 'A group on the way has processes of its own, and v2 forbids that with controllers enabled: choose another TSMACHINE_CGROUP_PARENT.',
  },
  {
    operation: 'cgroup-write',
    errno: 'ENOENT',
    hint: 'The controller of this file is not enabled here: see the cgroup lines of `tsmachine doctor`.',
  },
  {
    operation: 'cgroup-write',
    errno: 'EINVAL',
    hint: 'The kernel refuses this value: check the limit in the config.',
  },
  ...Object.entries(GUARD_HINTS).map(([errno, hint]) => ({ operation: 'cgroup-devices', errno, hint })),
  ...Object.entries(MARK_HINTS).map(([errno, hint]) => ({ operation: 'cgroup-marks', errno, hint })),
  {
    operation: 'cgroup-write',
    errno: 'EPERM',
    path: '/devices.',
    hint: GUARD_HINTS['EPERM'] ?? '',
  },
  {
    operation: 'cgroup',
    errno: 'ENOENT',
    hint: 'The parent group is missing: see the cgroup lines of `tsmachine doctor`.',
  },
  {
    operation: 'cgroup',
    errno: 'EROFS',
    hint: 'The cgroup tree is mounted read-only here: inside a container it must be delegated to you.',
  },
  {
    operation: 'cgroup',
    errno: 'EACCES',
    hint: 'The parent group is not yours: run as root, or delegate a group and name it in TSMACHINE_CGROUP_PARENT.',
  },
  {
    operation: 'namespaces',
    errno: 'ENOSPC',
    hint: 'The limit on namespaces is reached: raise user.max_user_namespaces and the like with sysctl.',
  },
  {
    operation: 'namespaces',
    errno: 'EPERM',
    hint: 'This host forbids new namespaces to this user: run as root, or see kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns.',
  },
  {
    operation: 'namespaces',
    errno: 'EINVAL',
    hint: 'The kernel lacks one of these namespaces: see `tsmachine doctor`.',
  },
  {
    operation: 'id-map',
    errno: 'EPERM',
    hint: 'These ids may not be mapped by this user: run as root.',
  },
  {
    operation: 'mount',
    errno: 'EPERM',
    path: '/proc',
    hint: "A user namespace may mount proc only where a whole proc is visible: this host's own /proc is covered in part (are we in a container?).",
  },
  {
    operation: 'mount',
    errno: 'EPERM',
    path: '/sys',
    hint: "A user namespace may mount sysfs only where a whole sysfs is visible: this host's own /sys is covered in part (are we in a container?).",
  },
  {
    operation: 'mount',
    errno: 'ENODEV',
    hint: 'The kernel does not know this file system: load its module on the host.',
  },
  {
    operation: 'mount',
    errno: 'ELOOP',
    hint: 'The root file system has a symbolic link where a mount belongs: this is refused, since it could lead out of the machine.',
  },
  {
    operation: 'attach',
    errno: 'ELOOP',
    hint: 'The root file system has a symbolic link where a mount belongs: this is refused, since it could lead out of the machine.',
  },
  {
    operation: 'apparmor',
    errno: 'ENOENT',
    hint: 'No such AppArmor profile is loaded: load it with apparmor_parser, or set apparmor to default or off.',
  },
  {
    operation: 'apparmor',
    errno: 'EPERM',
    hint: 'We are confined ourselves, by a profile that allows no change to this one: set apparmor to off.',
  },
  {
    operation: 'apparmor',
    errno: 'EACCES',
    hint: 'We are confined ourselves, by a profile that allows no change to this one: set apparmor to off.',
  },
  {
    operation: 'seccomp',
    errno: 'EINVAL',
    hint: 'The kernel refuses the filter: is it built with CONFIG_SECCOMP_FILTER? Set seccomp to off to go without.',
  },
  {
    operation: 'seccomp',
    errno: 'EACCES',
    hint: 'A filter needs sys_admin among the capabilities, or no-new-privileges set to true.',
  },
  {
    operation: 'rlimit',
    errno: 'EPERM',
    hint: 'The hard limit is above our own: lower it in the config, or raise ours.',
  },
  {
    operation: '',
    errno: 'ELOOP',
    hint: 'The root file system has a symbolic link where none may be: it could lead out of the machine.',
  },
  {
    operation: '',
    errno: 'ENOSPC',
    hint: 'The disk is full: free space, or `tsmachine trash empty`.',
  },
  { operation: '', errno: 'EDQUOT', hint: "The user's disk quota is used up." },
  {
    operation: '',
    errno: 'ENOMEM',
    hint: 'There is not enough memory: for us, or under the memory limit of the group we are in.',
  },
  {
    operation: '',
    errno: 'EAGAIN',
    hint: 'A limit on processes is reached: ulimit -u, pids.max of the parent group, or kernel.pid_max.',
  },
  {
    operation: '',
    errno: 'EMFILE',
    hint: 'Too many open files: raise ulimit -n.',
  },
  {
    operation: '',
    errno: 'EROFS',
    hint: 'The file system is read-only: has an error made the kernel remount it so? See dmesg.',
  },
  {
    operation: '',
    errno: 'ENOSYS',
    hint: 'The kernel is too old (5.19 or newer is needed), or a seccomp filter of the host hides this call.',
  },
  {
    operation: '',
    errno: 'EPERM',
    hint: 'Run as root; in a container or under AppArmor or SELinux, the host must allow this.',
  },
];

export function hintFor(operation: string, errno: string, path: string): string | undefined {
  return RULES.find(
    (rule) =>
      rule.errno === errno &&
      operation.startsWith(rule.operation) &&
      (rule.path === undefined || path.includes(rule.path)),
  )?.hint;
}
