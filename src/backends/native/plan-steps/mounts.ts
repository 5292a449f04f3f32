/** Why each fresh file system is mounted, by type and place. */

const PURPOSES: Readonly<Record<string, string>> = {
  '/proc': "so that only the machine's own processes can be seen",
  '/sys': "read-only, so that the host's devices can be seen but not configured",
  '/sys/fs/cgroup': "the machine's own part of the control groups, for its init to manage",
  '/dev': 'so that it holds only the devices lent below',
  '/dev/pts': "so that its terminals are its own and the host's out of reach",
  '/dev/shm': 'for shared memory of its own',
  '/dev/mqueue': 'for message queues of its own',
  '/run': 'empty at every start, as programs expect',
  '/run/host/proc': 'without masks: the kernel lets a nested machine mount proc only while one is whole',
  '/run/host/sys': 'without masks: the kernel lets a nested machine mount sysfs only while one is whole',
};

export function explainMount([type, path = '', flags, data]: readonly string[]): string {
  const options = [flags, data].filter((text) => text !== undefined && text !== '-').join(',');
  const purpose = PURPOSES[path] ?? 'as its configuration asks, gone when it ends';
  return `mounts a fresh ${type} on ${path}, ${purpose}${options === '' ? '' : ` (${options})`}`;
}
