/** Signals to us are meant for the command that we run for the person. */
import type { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
/** A terminal sends these to its whole foreground group: the helper has had them already when we get them. */
const SENT_BY_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);
const SENT_ON_RESIZE = 'SIGWINCH';

interface Target {
  child?: ChildProcess;
  /** Whether the helper relays our terminal in raw mode: then keys make no signals, and every SIGINT was sent. */
  readonly relayed: boolean;
}

const targets = new Set<Target>();

/** One listener a signal for all commands that run: it also keeps the signal from ending us before them. */
const listeners = FORWARDED.map((signal) => ({
  signal,
  forward: () => {
    for (const { child, relayed } of targets) {
      if (!reachesHelper(signal, relayed)) child?.kill(signal);
    }
  },
}));

function reachesHelper(signal: NodeJS.Signals, relayed: boolean): boolean {
  return isatty(0) && (signal === SENT_ON_RESIZE || (SENT_BY_TERMINAL.has(signal) && !relayed));
}

export interface Forwarding {
  /** Whoever is started after the call of `takeSignals`, and in the same turn of the event loop: so no signal is lost. */
  readonly to: (child: ChildProcess) => void;
  readonly stop: () => void;
}

/** Before the child is there: a signal that ended us when it runs already would leave it behind, unasked. */
export function takeSignals(relayed: boolean): Forwarding {
  const target: Target = { relayed };
  if (targets.size === 0) for (const { signal, forward } of listeners) process.on(signal, forward);
  targets.add(target);
  return {
    to: (child) => {
      target.child = child;
    },
    stop: () => {
      targets.delete(target);
      if (targets.size === 0) for (const { signal, forward } of listeners) process.off(signal, forward);
    },
  };
}
