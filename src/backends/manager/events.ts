/** What happens to machines, whoever does it: a part of the seam to a manager. */
import type { ExitRecord } from '../backend.ts';

export type ManagerEvent =
  /** The first of all: from here on nothing is missed. */
  | { readonly type: 'following' }
  | { readonly type: 'started'; readonly name: string; readonly pid: number | undefined }
  | { readonly type: 'stopped'; readonly name: string; readonly exit: ExitRecord | undefined }
  | { readonly type: 'rebooted' | 'frozen' | 'unfrozen'; readonly name: string }
  /** Images came, went or got another name: what was known of them is to be asked again. */
  | { readonly type: 'images-changed' }
  /** The manager, or the way to it, was lost and is there again: what happened meanwhile is not known. */
  | { readonly type: 'reconnected' };

/** With when it happened, in milliseconds since the epoch. */
export type TimedManagerEvent = ManagerEvent & { readonly at: number };

export interface ManagerEvents {
  /** From now on, by the manager's own signals; ends when `signal` aborts. It goes on when the manager restarts. */
  follow(signal: AbortSignal): AsyncIterable<TimedManagerEvent>;
  /** What the manager has kept of machines' starts and ends, oldest first; nothing where it keeps nothing. */
  past(filter: { readonly name?: string; readonly since?: Date }): AsyncIterable<TimedManagerEvent>;
}
