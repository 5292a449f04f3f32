/** The facts of this host, read once a process: fifty starts in one command are the same host. */
import { existsSync, readFileSync } from 'node:fs';
import { readAppArmor } from './apparmor/host.ts';
import { hostDevices } from './cgroups/devices/host-devices.ts';
import { readLayout } from './cgroups/layout.ts';
import { chooseParent, isSystemdHost } from './cgroups/systemd-scope.ts';
import type { HostFacts } from './host-facts.ts';
import { readPressureSupport } from './watching/pressure-support.ts';

/** @param cgroupParent set by a person; undefined: chosen for this host */
export function readHostFacts(cgroupParent: string | undefined): HostFacts {
  return {
    layout: readLayout(readFileSync('/proc/self/mountinfo', 'utf8')),
    cgroupParent: chooseParent(cgroupParent, isSystemdHost()),
    arch: process.arch,
    apparmor: readAppArmor(),
    devices: { fuse: existsSync('/dev/fuse'), tun: existsSync('/dev/net/tun') },
    hostDevices,
    inUserNamespace: !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1')),
    pressureSupport: readPressureSupport,
  };
}
