/** What the limits of a machine did to it: what a backend hears from the kernel, in the words of cgroup v2. */

export type PressureResource = 'memory' | 'cpu' | 'io';

/** A threshold of Documentation/accounting/psi.rst: so long, within the window, some or all processes waited for a resource. */
export interface PressureThreshold {
  readonly share: 'some' | 'full';
  readonly stallUsec: number;
  readonly windowUsec: number;
}

export type PressureThresholds = Readonly<Partial<Record<PressureResource, PressureThreshold>>>;

/**
 * Whose memory ran out: `limit`, the machine's own limit was reached; `inside`, one that the machine gave to a part of itself;
 * `outside`, the host's memory, or what a group above the machine may have.
 */
export type OomCause = 'limit' | 'inside' | 'outside';

export type ReachedLimit =
  | 'memory.max'
  | 'memory.high'
  | 'memory.swap.max'
  | 'pids.max'
  /** As the setting is called. */
  | `hugetlb.${string}.max`;

/** Numbers are those since the last time. */
export type LimitNews =
  | { readonly type: 'oom-killed'; readonly processes: number; readonly cause: OomCause }
  | {
      readonly type: 'limit-reached';
      readonly limit: ReachedLimit;
      readonly times: number;
    }
  /** A threshold was exceeded at least once; the time is all that processes waited, in the share of the threshold. */
  | { readonly type: 'pressure'; readonly resource: PressureResource; readonly stalledUsec: number };

/** Of the run that the news are about. */
export interface LimitHistory {
  /** `startedAt` of the run. */
  readonly run: number;
  /** When the last OOM kill in it was told that a limit inside the machine was not the cause of; milliseconds since the epoch. */
  readonly oomAt: number | undefined;
}
