/**
 * The system bus: one connection, made at the first call and again when it was lost. Calls go out at once, however many wait; all that
 * fails is a BackendError.
 */
import { busFailure } from './bus-errors.ts';
import type { BusSignal, MethodCall, SignalMatch, SignalStream } from './calls.ts';
import { LinkLost, Refusal } from './failures.ts';
import { type Link, openLink } from './link.ts';
import { matches } from './match-rule.ts';
import { addMatch, createOwners, type Owners, removeMatch } from './owners.ts';
import { createQueue } from './queue.ts';

/** As sd-bus waits. */
const TIME_LIMIT_MS = 25_000;

export interface Bus {
  /**
   * The answer's values: variants as what they hold, 64-bit integers as bigint (values.ts makes numbers of them).
   * @throws BackendError: 'permission' with polkit's word; 'not-running', 'no-such-machine'; 'unsupported' where nobody has the destination's
   * name, or there is no bus; 'timeout'; 'failed'
   */
  call(call: MethodCall): Promise<readonly unknown[]>;
  /** Signals that any of `wanted` fits, all from when this resolves. @throws BackendError, as `call` */
  subscribe(wanted: readonly SignalMatch[]): Promise<SignalStream>;
  /** Whatever still waits fails. A later call connects anew. */
  close(): void;
}

export interface BusOptions {
  /** Of address.ts. */
  readonly socket: () => string;
  /** Milliseconds for each call; 25 s if not given. */
  readonly timeLimitMs?: number;
}

interface Session {
  readonly link: Link;
  readonly owners: Owners;
}

export function createBus({ socket, timeLimitMs = TIME_LIMIT_MS }: BusOptions): Bus {
  let current: Session | undefined;
  const session = (): Session => {
    if (current === undefined || current.link.lost) current = openSession(socket(), timeLimitMs);
    return current;
  };
  const callOnce = (call: MethodCall): Promise<readonly unknown[]> =>
    session().link.call(call, call.timeLimitMs ?? timeLimitMs);

  return {
    call: async (call) => {
      try {
        return await callOnce(call).catch((error) => {
          if (call.reads !== true || !diedMeanwhile(error)) throw error;
          return callOnce(call);
        });
      } catch (error) {
        throw busFailure(error, call);
      }
    },
    subscribe: async (wanted) => {
      try {
        return await subscribeTo(session(), wanted, timeLimitMs);
      } catch (error) {
        throw busFailure(error, addMatch(wanted[0] as SignalMatch));
      }
    },
    close: () => current?.link.close(),
  };
}

function openSession(socket: string, timeLimitMs: number): Session {
  const link = openLink(socket);
  const owners = createOwners((call) => link.call(call, timeLimitMs));
  link.onSignal(owners.take);
  return { link, owners };
}

/** Who should have answered is gone, or the bus between us; the next call starts or finds another. A bus that is not there stays so. */
function diedMeanwhile(error: unknown): boolean {
  if (error instanceof LinkLost) return error.errno === undefined || error.errno === 'ECONNRESET';
  return error instanceof Refusal && error.errorName === 'org.freedesktop.DBus.Error.NoReply';
}

async function subscribeTo(
  { link, owners }: Session,
  wanted: readonly SignalMatch[],
  timeLimitMs: number,
): Promise<SignalStream> {
  const call = (one: ReturnType<typeof addMatch>) => link.call(one, timeLimitMs);
  const stop = link.onSignal((signal, sender) => {
    const asked = wanted.some((one) => matches(one, signal) && owners.isFrom(one.sender, sender));
    if (asked) queue.put(signal);
  });
  const queue = createQueue<BusSignal>(() => {
    stop();
    // Whether the bus has heard of it or not: nobody listens any more.
    if (!link.lost) for (const one of wanted) call(removeMatch(one)).catch(() => {});
  });
  try {
    await Promise.all(wanted.flatMap((one) => [owners.watch(one.sender), call(addMatch(one))]));
  } catch (error) {
    stop();
    throw error;
  }
  link.onLost((lost) => queue.fail(busFailure(lost, addMatch(wanted[0] as SignalMatch))));
  return queue.stream;
}
