/** Seconds of the monotonic clock: not by `performance`, which takes Node a millisecond to load. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
