/**
 * A running machine as the kernel sees it: what `info` shows. Names, paths and labels in it are the machine's own words, and none
 * of it is trusted: whoever prints it makes it visible first.
 */

import type { CgroupLimits } from './limits.ts';
import type { ResourceLimit } from './machine-spec.ts';

export interface Inspection {
  /** The inode of each namespace, by its name in /proc/PID/ns (namespaces(7)). */
  readonly namespaces: Readonly<Record<string, number>>;
  /** Those among them that are the host's own. */
  readonly sharedNamespaces: readonly string[];
  /** Directories of the machine's control groups. */
  readonly cgroups: readonly string[];
  /** The directory whose files a controller's limits are in, by the controller; of v2 alone, what needs none is `unified`. */
  readonly controllers: Readonly<Record<string, string>>;
  /** Lines such as `uid 0 100000 65536`: kind, first id inside, first id outside, how many (user_namespaces(7)). */
  readonly idMap: readonly string[];
  /** Directories of the read-only layers, top first. */
  readonly layers: readonly string[];
  /** The bounding set: what no process of the machine can ever exceed. Names without CAP_. */
  readonly capabilities: readonly string[];
  /** Of init; null where it is gone. */
  readonly capabilitySets: CapabilitySets | null;
  /** off, strict, or filter and how many. */
  readonly seccomp: string;
  readonly noNewPrivileges: boolean | null;
  /** Null where no security module labels processes. */
  readonly securityLabel: SecurityLabel | null;
  /**
   * What it may do with which devices, as the kernel has it loaded: `c 1:3 rwm`, in v1's words on any layout, or `a` alone for all. Null
   * where nothing guards them, or it cannot be read.
   */
  readonly devices: readonly string[] | null;
  /** In the order of mounting. */
  readonly mounts: readonly Mount[];
  /** TCP sockets that listen, and UDP sockets that have a port and no peer, in the machine's network namespace. */
  readonly listening: readonly ListeningSocket[];
  /** What the kernel goes by, whoever wrote it. */
  readonly limitsInForce: CgroupLimits;
  readonly swapBytes: number | null;
  /** Null where the host counts none. */
  readonly throttling: Throttling | null;
  /** Processes of the machine that were killed for want of memory. */
  readonly oomKills: number | null;
  /** Of init, by the names of prlimit(1). */
  readonly rlimits: Readonly<Record<string, ResourceLimit>>;
  readonly oom: OutOfMemory | null;
  readonly monitorPid: number | null;
  /** Who is connected to the monitor: consoles, and commands that wait for the machine's end. */
  readonly monitorClients: number | null;
  /** What there was too much of to be read to its end. */
  readonly incomplete: readonly InspectedPart[];
}

export type InspectedPart = 'mounts' | 'listening' | 'processes';

/** capabilities(7), "Thread capability sets". */
export type CapabilitySetName = 'effective' | 'permitted' | 'bounding' | 'inheritable' | 'ambient';
export type CapabilitySets = Readonly<Record<CapabilitySetName, readonly string[]>>;

export interface SecurityLabel {
  readonly module: 'apparmor' | 'selinux' | 'other';
  readonly label: string;
}

/** A line of /proc/PID/mountinfo: proc_pid_mountinfo(5). */
export interface Mount {
  /** Where, in the machine. */
  readonly path: string;
  /** What of the file system is seen there: `/` is all of it. */
  readonly root: string;
  readonly type: string;
  readonly source: string;
  /** Of this mount. */
  readonly options: readonly string[];
  /** Of the file system, wherever it is mounted. */
  readonly superOptions: readonly string[];
}

export interface ListeningSocket {
  readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6';
  /** As people write it: 0.0.0.0, ::1. */
  readonly address: string;
  readonly port: number;
  /** Null where it cannot be told: nobody of the machine has it open any more, or there are too many processes. */
  readonly process: SocketOwner | null;
}

export interface SocketOwner {
  /** On the host. */
  readonly pid: number;
  /** In the machine. */
  readonly insidePid: number | null;
  /** What the process calls itself. */
  readonly name: string;
}

/** cpu.stat: how often and how long the machine had to wait for its next period of cpu.max. */
export interface Throttling {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledUsec: number;
}

/** proc_pid_oom_score(5): who is killed first when the host is out of memory, 0 to 2000; and what was set, -1000 to 1000. */
export interface OutOfMemory {
  readonly score: number;
  readonly adjustment: number;
}
