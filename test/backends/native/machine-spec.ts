import type { MachineHandle, MachineSpec } from '../../../src/backends/backend.ts';
import type { HostDevices } from '../../../src/backends/native/cgroups/devices/host-devices.ts';
import type { HostFacts } from '../../../src/backends/native/host-facts.ts';

/** A busybox machine as `create` stores it, with the changes that a test is about. */
export function machineSpec(changes: Partial<MachineSpec> = {}): MachineSpec {
  return {
    name: 'alpha',
    machineId: '0123456789abcdef0123456789abcdef',
    hostname: 'alpha',
    template: 'busybox',
    idRange: { base: 0x20000000, count: 65536 },
    privileged: false,
    nesting: false,
    noNewPrivileges: false,
    seccomp: 'default',
    apparmor: 'default',
    capabilities: { add: [], drop: [] },
    init: {
      argv: ['/sbin/init'],
      environment: {},
      workingDirectory: '/',
      user: { uid: 0, gid: 0, groups: [] },
    },
    signals: { halt: 'SIGUSR2', reboot: 'SIGTERM' },
    storage: { driver: 'overlay', layers: ['/var/lib/tsmachine/layers/busybox/fs'] },
    binds: [],
    tmpfs: [],
    rlimits: {},
    limits: {},
    pressure: {},
    consoleLogBytes: 1024 * 1024,
    ...changes,
  };
}

export function machineHandle(changes: Partial<MachineSpec> = {}): MachineHandle {
  const spec = machineSpec(changes);
  return {
    spec,
    directory: `/var/lib/tsmachine/machines/${spec.name}`,
    runDirectory: `/run/tsmachine/${spec.name}`,
  };
}

/** Of a host on which nothing that a person names or binds is a device. */
export const noDevices: HostDevices = { node: () => undefined, nodesBelow: () => [], majors: () => [] };

/** A host with v2 alone, as distributions have it. */
export const HOST: HostFacts = {
  layout: {
    kind: 'unified',
    unified: '/sys/fs/cgroup',
    unifiedControllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
    legacy: {},
  },
  cgroupParent: 'tsmachine',
  arch: 'x64',
  apparmor: 'absent',
  devices: { fuse: true, tun: true },
  hostDevices: noDevices,
  inUserNamespace: false,
  setsClocks: true,
  pressureSupport: () => 'any-window',
};

export const SELF_ARGV = (...words: readonly string[]) => ['/usr/bin/tsmachine', ...words];
