/**
 * What machines, or all groups of a host, use at a moment: the seam of `top`. Under v2's names and in its units on every layout:
 * Documentation/admin-guide/cgroup-v2.rst. Null is what this host does not tell, never a zero that nobody measured; rates are null
 * in the first sample of a group.
 */

import type { Amount } from './limits.ts';
import type { BackendName } from './machine-spec.ts';

export interface CpuUsage {
  /** Processors in use: 1.5 is one and a half of them. */
  readonly cores: number | null;
  /** cpu.max in processors. */
  readonly limitCores: Amount | null;
  /** Of the time that its processes wanted a processor, the share (0 to 1) in which cpu.max kept them from it. */
  readonly throttledShare: number | null;
  /** Seconds a second in which cpu.max held it back, summed over processors. */
  readonly throttledSeconds: number | null;
}

export interface MemoryUsage {
  /** Bytes, the cache of files included. */
  readonly bytes: number | null;
  readonly limitBytes: Amount | null;
  /** memory.high. */
  readonly highBytes: Amount | null;
  /** Of processes. */
  readonly anonBytes: number | null;
  /** Cache of files, tmpfs and shared memory included. */
  readonly fileBytes: number | null;
  /** Pages a second that had to be read again soon after they were taken away. */
  readonly refaults: number | null;
}

export interface SwapUsage {
  readonly bytes: number | null;
  readonly limitBytes: Amount | null;
}

/** Bytes and operations a second, of all disks. A device on top of another one (loop, dm) counts in both, as in the kernel. */
export interface IoUsage {
  readonly rbps: number | null;
  readonly wbps: number | null;
  readonly riops: number | null;
  readonly wiops: number | null;
}

export interface TaskUsage {
  /** Processes and threads. */
  readonly count: number | null;
  readonly limit: Amount | null;
}

/** Bytes a second in and out of the machine's network namespace, its loopback apart. */
export interface NetworkUsage {
  readonly rxBytes: number | null;
  readonly txBytes: number | null;
}

/** Shares (0 to 1) of the interval in which some, or all, processes waited: Documentation/accounting/psi.rst. */
export interface Pressure {
  readonly some: number | null;
  readonly full: number | null;
}

export interface GroupUsage {
  readonly cpu: CpuUsage;
  readonly memory: MemoryUsage;
  readonly swap: SwapUsage;
  readonly io: IoUsage;
  readonly tasks: TaskUsage;
  readonly network: NetworkUsage;
  readonly pressure: { readonly cpu: Pressure; readonly memory: Pressure; readonly io: Pressure };
}

export interface GroupSample {
  /** The same in every sample. */
  readonly id: string;
  /** The group's path below the root of its hierarchies; empty for the root itself. Chosen by who made it: hostile text. */
  readonly path: string;
  /** The name of the machine that the group is of; a machine inside another one is only told where all groups are. */
  readonly machine: string | null;
  /** Who runs the machine; told where machines of several backends are sampled together. */
  readonly backend?: BackendName;
  /** Host pid of the machine's init. */
  readonly pid: number | null;
  readonly frozen: boolean | null;
  /** What the monitor says that the machine is at; null for other groups. Stopping: init is gone, what is left is taken down. */
  readonly phase: 'starting' | 'running' | 'stopping' | null;
  readonly usage: GroupUsage;
}

export interface HostUsage {
  /** Processors that are online. */
  readonly cores: number;
  readonly busyCores: number | null;
  readonly memoryBytes: number | null;
  /** What could be given to processes without swapping. */
  readonly availableBytes: number | null;
}

export interface UsageSample {
  /** Since the sample before, by the monotonic clock; null for the first. */
  readonly seconds: number | null;
  readonly host: HostUsage;
  /** In the order of a tree: what lies in a group comes right after it. */
  readonly groups: readonly GroupSample[];
}

export interface ProcessUsage {
  readonly pid: number;
  /** As the machine sees it; null if that is not known. */
  readonly insidePid: number | null;
  /** One letter: proc_pid_stat(5). */
  readonly state: string;
  /** Its command line, else its name. Hostile text. */
  readonly command: string;
  readonly threads: number;
  /** Null until it was seen twice. */
  readonly cores: number | null;
  readonly residentBytes: number;
}

/** All machines that run, or every group of the host, theirs and others': those are only read. */
export type SampleScope = 'machines' | 'host';

export interface SamplerOptions {
  /** False: for one sample alone, which has none; what says nothing else is not read. */
  readonly rates: boolean;
  /** The process ends after so few samples that nothing should be spent on being fast later. */
  readonly few?: boolean;
}

export interface SamplerRequest extends SamplerOptions {
  readonly scope: SampleScope;
  /** The volatile directory of a machine. Asked once for each group that may be a machine's; undefined if it is none of ours. */
  readonly runDirectoryOf: (name: string) => string | undefined;
}

/** Keeps the files of groups open and reads them again and again, unless samples are few. A group that goes between two samples is no error. */
export interface UsageSampler {
  sample(): UsageSample;
  /** The processes of a sampled group and of what lies below it. */
  processes(id: string): readonly ProcessUsage[];
  close(): void;
}
