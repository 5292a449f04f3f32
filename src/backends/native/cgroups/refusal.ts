/** Why the kernel refuses a limit, and what a person can do. */
import type { LimitName } from '../../limits.ts';

const BY_LIMIT: Partial<Readonly<Record<LimitName, Readonly<Record<string, string>>>>> = {
  'memory.max': {
    EBUSY: 'The machine uses more than that, and the kernel could not free it: stop something in it first.',
  },
  'memory.swap.max': {
    EBUSY: 'The machine uses more memory and swap together than that: stop something in it first.',
    ENOENT: 'This kernel counts no swap: boot it with swapaccount=1.',
  },
  'cpu.max': {
    EINVAL: 'A group above allows less: its share of the processors bounds this one.',
  },
  'cpu.max.burst': {
    EINVAL: 'A burst must not be longer than the quota of cpu.max, and needs one.',
    ENOENT: 'Bursts need Linux 5.14.',
  },
  'cpu.idle': { ENOENT: 'cpu.idle needs Linux 5.15.' },
  'cpu.weight': { EINVAL: 'A machine with cpu.idle has no weight: take that away first.' },
  'cpuset.cpus': {
    EINVAL: 'Name processors that this host has online: see lscpu.',
    ENOSPC: 'The machine would be left without a processor.',
    EACCES: 'The group above does not have these processors.',
  },
  'cpuset.mems': {
    EINVAL: 'Name memory nodes that this host has: see lscpu.',
    ENOSPC: 'The machine would be left without memory.',
    EACCES: 'The group above does not have these memory nodes.',
  },
  'io.weight': {
    ENOENT: 'Weights of disks need the bfq scheduler or io.cost, which this kernel does not have.',
    EOPNOTSUPP: 'No disk has a scheduler that knows weights: choose bfq in /sys/block/DISK/queue/scheduler.',
  },
  'io.max': {
    ENODEV: 'This device is no whole disk that can be limited.',
    ENOENT: 'This kernel cannot limit disks: it lacks CONFIG_BLK_DEV_THROTTLING.',
  },
  'net_prio.ifpriomap': {
    EINVAL: 'The host has no such network interface: see ip link.',
    ENODEV: 'The host has no such network interface: see ip link.',
  },
  'hugetlb.max': {
    ENOENT: 'This host has no huge pages of that size, or its systemd does not delegate them.',
  },
};

const COMMON: Readonly<Record<string, string>> = {
  EINVAL: 'The kernel does not take this value: a group above may allow less.',
  ERANGE: 'The value is out of the range that this kernel takes.',
  ENOENT: 'This kernel has no such file, or the machine has just ended.',
  EACCES: 'This needs root, or a group that was delegated to you.',
  EPERM: 'This needs root, or a group that was delegated to you.',
  ENOSPC: 'The controller has no room for it.',
};

export function refusalWords(limit: LimitName, errno: string): string {
  return BY_LIMIT[limit]?.[errno] ?? COMMON[errno] ?? 'Look at `dmesg`, and choose another value.';
}
