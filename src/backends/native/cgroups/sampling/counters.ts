/** What is read of a group: places in an array of numbers, so that a sample of a thousand groups makes no objects while it parses. */

export const COUNTER = {
  populated: 0,
  frozen: 1,
  /** Microseconds. */
  cpuUsec: 2,
  throttledUsec: 3,
  quotaUsec: 4,
  periodUsec: 5,
  memory: 6,
  memoryMax: 7,
  memoryHigh: 8,
  anon: 9,
  file: 10,
  refaults: 11,
  swap: 12,
  swapMax: 13,
  /** v1 limits memory and swap together. */
  memoryAndSwapMax: 14,
  rbytes: 15,
  wbytes: 16,
  rios: 17,
  wios: 18,
  tasks: 19,
  tasksMax: 20,
  rxBytes: 21,
  txBytes: 22,
  /** Microseconds of waiting. */
  cpuSome: 23,
  cpuFull: 24,
  memorySome: 25,
  memoryFull: 26,
  ioSome: 27,
  ioFull: 28,
  /** v1: the least of a group's own limit and of those above it. */
  memoryMaxAbove: 29,
  memoryAndSwapMaxAbove: 30,
} as const;

export type Counter = (typeof COUNTER)[keyof typeof COUNTER];

export const COUNTERS = Object.keys(COUNTER).length;

const NONE: readonly number[] = Array.from({ length: COUNTERS }, () => Number.NaN);

/** NaN: not there. No limit is Infinity. A copy of an array of numbers is the cheapest thing to make a thousand times. */
export function noCounters(): number[] {
  return NONE.slice();
}

/** Of what was looked at once. */
export const NO_RATES = NONE;

/** Those that say nothing by themselves: only how much they grew does. */
export const RATES_ALONE: ReadonlySet<number> = new Set([
  COUNTER.cpuUsec,
  COUNTER.throttledUsec,
  COUNTER.rbytes,
  COUNTER.wbytes,
  COUNTER.rios,
  COUNTER.wios,
  COUNTER.rxBytes,
  COUNTER.txBytes,
  COUNTER.cpuSome,
  COUNTER.cpuFull,
  COUNTER.memorySome,
  COUNTER.memoryFull,
  COUNTER.ioSome,
  COUNTER.ioFull,
]);
