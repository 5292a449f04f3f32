import type { HostDevices } from './cgroups/devices/host-devices.ts';
import type { CgroupLayout } from './cgroups/layout.ts';
import type { PressureSupport } from './watching/pressure-support.ts';

/** absent: not in this kernel, or not for us to see; without-parser: no profile of ours can be loaded. */
export type AppArmorFact = 'absent' | 'without-parser' | 'ready';

/**
 * All that a plan needs to know about the host. Spec and host facts decide a plan alone, so that it can be
 * compiled ahead of a start and kept.
 */
export interface HostFacts {
  readonly layout: CgroupLayout;
  /** Name of the group that all of ours sit under, for example `tsmachine`. */
  readonly cgroupParent: string;
  /** Node's name of the processor (`process.arch`): x64, arm64, riscv64 ... */
  readonly arch: string;
  readonly apparmor: AppArmorFact;
  /** Device nodes that machines are given where the host has them. */
  readonly devices: { readonly fuse: boolean; readonly tun: boolean };
  /** The device nodes that a person can name or bind. */
  readonly hostDevices: HostDevices;
  /** Whether this host is itself in a user namespace: then its kernel lets it guard no devices. */
  readonly inUserNamespace: boolean;
  /** Whether offsets of clocks may be written for a time namespace: CAP_SYS_TIME, which no machine has (time_namespaces(7)). */
  readonly setsClocks: boolean;
  /** Asked only for a plan with pressure thresholds. */
  readonly pressureSupport: () => PressureSupport;
}
