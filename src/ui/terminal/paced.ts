/** Calls something at once if it has rested, and else when it has: a flood of changes becomes a few drawings. */
export interface Paced {
  readonly ask: () => void;
  /** It is never called again. */
  readonly close: () => void;
}

/** @param restMs milliseconds between two calls at least */
export function paced(call: () => void, restMs: number): Paced {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const run = (): void => {
    timer = undefined;
    last = performance.now();
    call();
  };
  return {
    ask: () => {
      if (!closed) timer ??= setTimeout(run, Math.max(0, last + restMs - performance.now()));
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
