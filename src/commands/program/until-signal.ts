/** Work that a person ends: a first SIGINT, SIGTERM or SIGHUP aborts it, a second one ends the process as usual. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type EndingSignal = (typeof signals)[number];

/** Follows something until it ends or a signal comes. Ctrl-C is how following ends, so it is no failure. */
export async function untilSignal(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const { signal } = await abortable(work);
  return signal === undefined || signal === 'SIGINT' ? 0 : signalExitCode(signal);
}

export function signalExitCode(signal: EndingSignal): number {
  return 128 + constants.signals[signal];
}

/** How work ended, and what signal came while it was going on. */
export type Abortable<Value> =
  | { readonly value: Value; readonly signal: EndingSignal | undefined }
  /** Without a signal the error is thrown on. */
  | { readonly error: unknown; readonly signal: EndingSignal };

/** `work` must settle soon after the abort, having undone what was half done. */
export async function abortable<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Abortable<Value>> {
  const abort = new AbortController();
  let received: EndingSignal | undefined;
  const onSignal = (name: EndingSignal): void => {
    received = name;
    // A second signal has its usual, deadly effect.
    for (const signal of signals) process.off(signal, onSignal);
    abort.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const value = await work(abort.signal);
    return { value, signal: received };
  } catch (error) {
    if (received === undefined) throw error;
    return { error, signal: received };
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
