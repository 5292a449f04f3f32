/** What a stop is asked for, what it tells on its way, and what came of it. */
import type { ExitRecord } from '../backends/backend.ts';
import type { Remaining } from '../backends/remaining.ts';

/** The rungs of the ladder, as they are reached. */
export type StopProgress =
  | { readonly rung: 'thaw' }
  /** Init was sent `signal`; at `killAt` (milliseconds since the epoch) what is left is killed. */
  | { readonly rung: 'halt'; readonly signal: string; readonly killAt: number }
  | { readonly rung: 'kill'; readonly refused: Remaining };

export interface StopOptions {
  readonly timeoutSeconds: number;
  readonly onProgress?: (progress: StopProgress) => void;
}

export interface StopOutcome {
  /** False: the time-out passed and the machine was killed. */
  readonly clean: boolean;
  readonly exit: ExitRecord | undefined;
  /** Who was still there when it was killed. */
  readonly refused?: Remaining;
}
