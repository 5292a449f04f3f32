/** Signals for as long as somebody wants them, whatever happens to the bus. */
import { setTimeout as wait } from 'node:timers/promises';
import { BackendError } from '../../backend.ts';
import type { Bus } from './bus.ts';
import type { BusSignal, SignalMatch } from './calls.ts';

/** Milliseconds between tries while the bus is away: nothing tells when it is back. */
const FIRST_TRY_MS = 50;
const LAST_TRY_MS = 2000;

/** Once 'begun' is there, no signal is missed. After 'reconnected': what happened between is not known. */
export type Followed = BusSignal | 'begun' | 'reconnected';

export interface FollowRequest {
  readonly bus: Bus;
  readonly wanted: readonly SignalMatch[];
  /** Ends it, with no error. */
  readonly signal: AbortSignal;
  /** Done after each subscription, before a signal is told: for a service that must be asked to send any. */
  readonly subscribed?: () => Promise<unknown>;
}

/** @throws BackendError when it cannot even begin */
export async function* followSignals(request: FollowRequest): AsyncGenerator<Followed> {
  const { signal } = request;
  let stream = await subscribed(request);
  let news: Followed = 'begun';
  for (;;) {
    const end = (): void => stream.close();
    signal.addEventListener('abort', end);
    try {
      if (signal.aborted) return;
      yield news;
      yield* stream;
      return;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    } finally {
      signal.removeEventListener('abort', end);
      stream.close();
    }
    const again = await subscribedAgain(request);
    if (again === undefined) return;
    stream = again;
    news = 'reconnected';
  }
}

async function subscribed({ bus, wanted, subscribed }: FollowRequest) {
  const stream = await bus.subscribe(wanted);
  try {
    await subscribed?.();
  } catch (error) {
    stream.close();
    throw error;
  }
  return stream;
}

async function subscribedAgain(request: FollowRequest) {
  for (let pause = FIRST_TRY_MS; ; pause = Math.min(2 * pause, LAST_TRY_MS)) {
    try {
      await wait(pause, undefined, { signal: request.signal });
      return await subscribed(request);
    } catch (error) {
      if (request.signal.aborted) return undefined;
      if (!(error instanceof BackendError)) throw error;
    }
  }
}
