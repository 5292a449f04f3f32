/** The facts of this host, read once a process: fifty starts in one command are the same host. */
import { existsSync, readFileSync } from 'node:fs';
import { readAppArmor } from './apparmor/host.ts';
import { hostDevices } from './cgroups/devices/host-devices.ts';
import { readLayout } from './cgroups/layout.ts';
import { chooseParent, isSystemdHost } from './cgroups/systemd-scope.ts';
import type { HostFacts } from './host-facts.ts';
import { isInUserNamespace } from './user-namespace.ts';
import { readPressureSupport } from './watching/pressure-support.ts';

/** linux/capability.h */
const SYS_TIME = 25n;

/** Where the groups of machines are: all that is needed to ask for a machine's state. */
export type GroupPlace = Pick<HostFacts, 'layout' | 'cgroupParent'>;

/** @param cgroupParent set by a person; undefined: chosen for this host */
export function readGroupPlace(cgroupParent: string | undefined): GroupPlace {
  return {
    layout: readLayout(readFileSync('/proc/self/mountinfo', 'utf8')),
    cgroupParent: chooseParent(cgroupParent, isSystemdHost()),
  };
}

export function readHostFacts(place: GroupPlace): HostFacts {
  return {
    ...place,
    arch: process.arch,
    apparmor: readAppArmor(),
    devices: { fuse: existsSync('/dev/fuse'), tun: existsSync('/dev/net/tun') },
    hostDevices,
    inUserNamespace: isInUserNamespace(),
    setsClocks: hasEffective(SYS_TIME),
    pressureSupport: readPressureSupport,
  };
}

/** Of this process, and of the helper that it starts: proc_pid_status(5). */
function hasEffective(capability: bigint): boolean {
  const bits = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return ((BigInt(`0x${bits}`) >> capability) & 1n) === 1n;
}
