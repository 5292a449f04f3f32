/**
 * cgroup limits, under v2's names and in v2's units on every layout: Documentation/admin-guide/cgroup-v2.rst. An absent one is left to
 * the kernel's default.
 */

export type Amount = number | 'max';

/** A share of processors: quota over period, microseconds. */
export interface CpuBandwidth {
  readonly quotaUsec: Amount;
  readonly periodUsec: number;
}

/** Bytes and operations a second; what is absent has no limit. */
export interface IoBandwidth {
  readonly rbps?: number;
  readonly wbps?: number;
  readonly riops?: number;
  readonly wiops?: number;
}

export interface CgroupLimits {
  /** Bytes. */
  readonly 'memory.max'?: Amount;
  readonly 'memory.high'?: Amount;
  readonly 'memory.low'?: Amount;
  readonly 'memory.min'?: Amount;
  readonly 'memory.swap.max'?: Amount;
  /** An OOM kill takes all processes of the machine. */
  readonly 'memory.oom.group'?: boolean;
  /** 1 to 10,000; the kernel's default is 100. */
  readonly 'cpu.weight'?: number;
  readonly 'cpu.max'?: CpuBandwidth;
  /** Microseconds of unused quota that may be saved up. */
  readonly 'cpu.max.burst'?: number;
  /** Runs only when nobody else wants to: SCHED_IDLE. */
  readonly 'cpu.idle'?: boolean;
  /** Lists such as `0-3,7`. */
  readonly 'cpuset.cpus'?: string;
  readonly 'cpuset.mems'?: string;
  /** 1 to 10,000; the kernel's default is 100. */
  readonly 'io.weight'?: number;
  /** By device: MAJOR:MINOR or the path of a block device. */
  readonly 'io.max'?: Readonly<Record<string, IoBandwidth>>;
  readonly 'pids.max'?: Amount;
  /**
   * What the machine may use besides what every machine may: letters of r (read), w (write), m (mknod) by device. A device is a
   * node's path, `c MAJOR:MINOR` or `b MAJOR:MINOR` with `*` for any, `char-DRIVER` or `block-DRIVER`, or `a`: all, and no guard.
   */
  readonly 'devices.allow'?: Readonly<Record<string, string>>;
  /** What tc and nft know packets by: v1's net_cls, or their mark. */
  readonly 'net_cls.classid'?: number;
  /** Priority of packets by network interface: of the host in v1's net_prio, else of the machine. */
  readonly 'net_prio.ifpriomap'?: Readonly<Record<string, number>>;
  /** Bytes by size of page, as the kernel writes it: `2MB`. */
  readonly 'hugetlb.max'?: Readonly<Record<string, Amount>>;
}

export type LimitName = keyof CgroupLimits;

/** Those that are the text of files. */
export type FileLimitName = Exclude<LimitName, 'devices.allow'>;

/** What the kernel goes by, whoever wrote it. */
export interface LimitsInForce {
  /** Those that the host has files for. */
  readonly limits: CgroupLimits;
  /** Those that are not what was set. */
  readonly different: readonly LimitName[];
}
