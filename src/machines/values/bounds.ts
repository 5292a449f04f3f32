/** What the helper and the kernel take of a number: the stored config and the keys both hold to it. */

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** The helper takes up to 4 GiB; whoever prints a log has all of it in memory. */
export const consoleLogBytes: Bounds = { least: 4096, most: 1024 ** 3 };

/** The kernel takes less, and kills init as soon as it runs; who writes 512 means 512M. */
export const memoryBytes: Bounds = { least: 1024 ** 2, most: Number.MAX_SAFE_INTEGER };

/** What is kept for a machine may be nothing; so may its swap. */
export const protectedBytes: Bounds = { least: 0, most: Number.MAX_SAFE_INTEGER };
export const swapBytes: Bounds = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** Less than any root file system takes would only be a slip of the fingers. */
export const diskBytes: Bounds = { least: 1024 ** 2, most: Number.MAX_SAFE_INTEGER };

/** Documentation/scheduler/sched-bwc.rst; the kernel counts quotas in 44 bits. */
export const cpuPeriodUsec: Bounds = { least: 1000, most: 1_000_000 };
export const cpuQuotaUsec: Bounds = { least: 1000, most: 2 ** 44 - 1 };

/** The kernel takes no more than the quota; 0 is none. */
export const burstUsec: Bounds = { least: 0, most: 2 ** 44 - 1 };

/** CGROUP_WEIGHT_MIN and _MAX, of processors and of disks. */
export const weight: Bounds = { least: 1, most: 10_000 };

/** WINDOW_MIN_US and WINDOW_MAX_US of kernel/sched/psi.c: Documentation/accounting/psi.rst. */
export const pressureWindowUsec: Bounds = { least: 500_000, most: 10_000_000 };

/** Bytes or operations a second; the kernel takes operations in 32 bits. */
export const ioRate: Bounds = { least: 1, most: Number.MAX_SAFE_INTEGER };

/** PID_MAX_LIMIT; with 0 the kernel lets nobody be born. */
export const taskCount: Bounds = { least: 1, most: 4_194_304 };

/** 16 bits of a tc handle's major, 16 of its minor. */
export const classId: Bounds = { least: 0, most: 2 ** 32 - 1 };

/** The kernel's u32. */
export const netPriority: Bounds = { least: 0, most: 2 ** 32 - 1 };

/** Of restart.limit, and of all spans of restarts. */
export const restartCount: Bounds = { least: 1, most: 100_000 };
export const restartSpanMs: Bounds = { least: 0, most: 24 * 3_600_000 };

export const autostartPriority: Bounds = { least: -1_000_000, most: 1_000_000 };

export function isWithin(value: number, { least, most }: Bounds): boolean {
  return value >= least && value <= most;
}
