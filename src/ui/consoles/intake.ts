/**
 * How fast a console's output is taken. Nobody can read a flood, and each byte of it costs a processor: after a burst its program waits, as it
 * would at the speed of a line. Less is taken of what nobody sees.
 */

/** Taken at once, bytes: a boot, or the whole of what is kept of a console. */
const BURST = 1 << 20;
/** Bytes a second. */
const SEEN_RATE = 1 << 19;
const HIDDEN_RATE = 1 << 17;
/** Shorter waits are put together. */
const LEAST_WAIT_MS = 20;

export interface Intake {
  /** Resolves when more may be taken. */
  readonly taken: (bytes: number) => Promise<void>;
  /** Somebody has typed: what comes of it stands behind all that waits. */
  readonly hurry: () => void;
}

export function createIntake(isSeen: () => boolean): Intake {
  let room = BURST;
  let at = performance.now();
  let wake: () => void = () => undefined;
  return {
    hurry: () => {
      room = BURST;
      wake();
    },
    taken: async (bytes) => {
      const now = performance.now();
      const rate = isSeen() ? SEEN_RATE : HIDDEN_RATE;
      room = Math.min(BURST, room + ((now - at) / 1000) * rate) - bytes;
      at = now;
      const wait = (-room / rate) * 1000;
      if (wait < LEAST_WAIT_MS) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
