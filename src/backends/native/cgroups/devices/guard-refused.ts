import { BackendError } from '../../../backend.ts';

/** Why the kernel does not take a guard of devices, and what a person can do. */
export function guardRefused(syscall: string, errno: string, path: string, value?: string): BackendError {
  const what = value === undefined ? `${syscall} ${path}` : `${path} does not take ${JSON.stringify(value)}`;
  return new BackendError('failed', `devices.allow: ${what}: ${errno}`, {
    syscall,
    errno,
    path,
    hint: GUARD_HINTS[errno] ?? 'Look at `dmesg`; devices.allow=a goes without this guard.',
  });
}

/** At a launch as well. */
export const GUARD_HINTS: Readonly<Record<string, string>> = {
  EPERM:
    'What runs this host does not allow it (are we in a container?): with devices.allow=a the machine may use what there is.',
  EINVAL:
    'Has this kernel CONFIG_CGROUP_BPF, or a group more than 64 programs? devices.allow=a goes without this guard.',
  ENOENT: 'The machine has just ended.',
};
