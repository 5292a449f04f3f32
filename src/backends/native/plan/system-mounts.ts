import { type Operation, operation } from '../operations.ts';

/** The file systems that an init expects to find (systemd's CONTAINER_INTERFACE), each fresh and the machine's own. */
export function systemMounts(): readonly Operation[] {
  return [
    ...freshMount('proc', '/proc', '0555', 'nosuid,nodev,noexec'),
    ...freshMount('sysfs', '/sys', '0555', 'nosuid,nodev,noexec,read-only'),
    // In the cgroup namespace this is the machine's own subtree, v2 alone even on a hybrid host.
    operation('mount', 'cgroup2', '/sys/fs/cgroup', 'nosuid,nodev,noexec', '-'),
    // Bounded: it is the host's memory.
    ...freshMount('tmpfs', '/dev', '0755', 'nosuid,noexec', 'mode=755,size=4m,nr_inodes=64k'),
    ...freshMount('devpts', '/dev/pts', '0755', 'nosuid,noexec', 'newinstance,ptmxmode=0666,mode=620,gid=5'),
    ...freshMount('tmpfs', '/dev/shm', '1777', 'nosuid,nodev', 'mode=1777'),
    ...freshMount('mqueue', '/dev/mqueue', '1777', 'nosuid,nodev,noexec'),
    ...freshMount('tmpfs', '/run', '0755', 'nosuid,nodev', 'mode=755,size=20%,nr_inodes=800k'),
  ];
}

/** A new file system with the directory it is mounted on. */
export function freshMount(
  type: string,
  path: string,
  mode: string,
  flags: string,
  data = '-',
): readonly Operation[] {
  return [operation('directory', path, mode), operation('mount', type, path, flags, data)];
}
