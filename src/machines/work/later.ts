/**
 * The program's own words, run when the time has come or this process has ended, by who outlives the command that asks for it.
 * Passed in, as locks are: machines/ starts no processes.
 */

/** Who waits: one process, whatever becomes of its pid. */
export interface Waiter {
  readonly pid: number;
  /** Tells it from any other that has the pid before or after it, in this boot or another. */
  readonly start: string;
}

export interface Later {
  /** @throws the system's error if there can be no further process */
  after(milliseconds: number, words: readonly string[]): Waiter;
  /** When this process has ended, of whatever, unless the returned function was called before. */
  afterThisProcess(words: readonly string[]): () => void;
  /** When another process has ended, within a second or two. */
  afterEndOf(pid: number, words: readonly string[]): void;
  /** This very process. */
  readonly self: () => Waiter;
  isAlive(waiter: Waiter): boolean;
  /** Nothing comes of it any more. Of one that is gone, or is this process, nothing happens. */
  cancel(waiter: Waiter): void;
}
