/** Signals to us are meant for the command that we run for the person. */
import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
/** A terminal sends these to its whole foreground group: the helper has had them already when we get them. */
const SENT_BY_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);
const SENT_ON_RESIZE = 'SIGWINCH';

/**
 * Forwards until the returned function is called.
 * @param relayed whether the helper relays our terminal in raw mode: then keys make no signals, and every SIGINT was sent
 */
export function forwardSignals(child: ChildProcess, relayed: boolean, onTerminal = isatty(0)): () => void {
  const listeners = FORWARDED.map((signal) => {
    const reachesHelper =
      onTerminal && (signal === SENT_ON_RESIZE || (SENT_BY_TERMINAL.has(signal) && !relayed));
    // A listener in any case: without one the signal would end us, and leave the command without its relay.
    const listener = () => {
      if (!reachesHelper) child.kill(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
