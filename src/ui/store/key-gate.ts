/** Keys that must not be taken as they come: they were meant for what is gone, or for what is not there yet. */
import type { Key } from '../terminal/input.ts';

/** Who types on without having seen that a console has ended makes no longer pauses, in milliseconds. */
const QUIET = 400;
/** So long, in milliseconds, keys wait for a dialog that is being looked up: whoever does not answer then holds no keyboard. */
const HELD = 1000;

export interface KeyGate {
  readonly take: (key: Key) => void;
  /** Until nobody types any more, only what leads out is let through. */
  readonly deafen: () => void;
  /** Keys that come before the dialog are meant for it, and must not become keys that do something to machines. */
  readonly holdFor: (asked: Promise<void>) => void;
}

export interface KeyGateOptions {
  /** Out of where one is: that changes no machine. */
  readonly leadsOut: (key: Key) => boolean;
  /** Whether there is a dialog for the keys that were held. */
  readonly isAnswered: () => boolean;
  readonly pass: (key: Key) => void;
}

export function createKeyGate({ leadsOut, isAnswered, pass }: KeyGateOptions): KeyGate {
  let deafUntil = Number.NEGATIVE_INFINITY;
  let held: { readonly keys: Key[]; readonly until: number } | undefined;
  const take = (key: Key): void => {
    const now = performance.now();
    if (held !== undefined && now < held.until) held.keys.push(key);
    else if (now < deafUntil && !leadsOut(key)) deafUntil = now + QUIET;
    else pass(key);
  };
  return {
    take,
    deafen: () => {
      deafUntil = performance.now() + QUIET;
    },
    holdFor: (asked) => {
      const mine = { keys: [] as Key[], until: performance.now() + HELD };
      held = mine;
      void asked.finally(() => {
        if (held !== mine) return;
        held = undefined;
        if (isAnswered()) for (const key of mine.keys) take(key);
      });
    },
  };
}
