import { BackendError } from '../../../backend.ts';

/** Why the kernel does not take the program that marks packets, and what a person can do. */
export function marksRefused(syscall: string, errno: string, path: string): BackendError {
  return new BackendError('failed', `net_cls.classid, net_prio.ifpriomap: ${syscall} ${path}: ${errno}`, {
    syscall,
    errno,
    path,
    hint: MARK_HINTS[errno] ?? 'Look at `dmesg`, or take both away: an empty value does.',
  });
}

/** At a launch as well. */
export const MARK_HINTS: Readonly<Record<string, string>> = {
  EPERM:
    'What runs this host does not allow it (are we in a container?): take net_cls.classid and net_prio.ifpriomap away.',
  EINVAL:
    'Has this kernel CONFIG_CGROUP_BPF, or a group more than 64 programs? Else take net_cls.classid and net_prio.ifpriomap away.',
  ENOENT: 'The machine has just ended.',
};
