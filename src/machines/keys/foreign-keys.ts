/** Keys of lxc, incus, systemd, docker and cgroup v1, for hints: what a hand that knows those writes. */

const foreign: Readonly<Record<string, string>> = {
  'lxc.uts.name': 'hostname',
  'lxc.init.cmd': 'init',
  'lxc.environment': 'environment.NAME',
  'lxc.mount.entry': 'bind',
  'lxc.start.auto': 'autostart',
  'lxc.start.order': 'autostart.priority',
  'lxc.start.delay': 'autostart.delay',
  'lxc.group': 'autostart.groups',
  'lxc.signal.halt': 'signals.halt',
  'lxc.signal.reboot': 'signals.reboot',
  'lxc.cap.drop': 'capabilities.drop',
  'limits.memory': 'memory.max',
  'limits.cpu': 'cpu.max',
  'limits.cpu.allowance': 'cpu.max',
  'limits.cpu.priority': 'cpu.weight',
  'limits.processes': 'pids.max',
  'boot.autostart': 'autostart',
  'boot.autostart.priority': 'autostart.priority',
  'boot.autostart.delay': 'autostart.delay',
  'security.privileged': 'privileged',
  'security.nesting': 'nesting',
  memorymax: 'memory.max',
  memoryhigh: 'memory.high',
  memorylow: 'memory.low',
  memorymin: 'memory.min',
  memoryswapmax: 'memory.swap.max',
  cpuquota: 'cpu.max',
  cpuweight: 'cpu.weight',
  allowedcpus: 'cpuset.cpus',
  ioweight: 'io.weight',
  tasksmax: 'pids.max',
  'memory.limit': 'memory.max',
  'memory.limit_in_bytes': 'memory.max',
  'memory.soft_limit_in_bytes': 'memory.low',
  'cpu.shares': 'cpu.weight',
  'cpu.cfs_quota_us': 'cpu.max',
  cpus: 'cpu.max',
  'pids-limit': 'pids.max',
};

/** Ours that does the same; undefined for what is none of theirs. */
export function keyForForeign(written: string): string | undefined {
  const word = written.toLowerCase();
  const key = /^lxc\.cgroup2?\.(.+)$/.exec(word)?.[1] ?? word;
  if (Object.hasOwn(foreign, key)) return foreign[key];
  return key === word ? undefined : key;
}
