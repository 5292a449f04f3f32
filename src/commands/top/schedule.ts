/** When the next sample is due, counted from the last one: who looks here again is shown at once what is older than it should be. */
import { paceOf, type TopState } from './state.ts';

export interface Schedule {
  /** A sample is taken now: its time, in milliseconds of the monotonic clock. */
  readonly taken: () => number;
  /** Takes the place of what was planned before. */
  readonly plan: (state: TopState) => void;
  readonly stop: () => void;
}

export function createSchedule(due: () => void): Schedule {
  let takenAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  return {
    taken: () => {
      takenAt = performance.now();
      return takenAt;
    },
    plan: (state) => {
      clearTimeout(timer);
      const wait = takenAt + paceOf(state) * 1000 - performance.now();
      if (!state.paused) timer = setTimeout(due, Math.max(0, wait));
    },
    stop: () => clearTimeout(timer),
  };
}
