/** wait: woken by the journal; the status is the truth, and is looked at once a second in any case. */
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { followJournal } from '../events/journal-follow.ts';
import type { MachineState } from '../machines.ts';
import { loadMachine } from '../store/store.ts';

const LOOK_EVERY_MS = 1000;

export async function waitForState(
  domain: Domain,
  name: string,
  states: readonly MachineState[],
  timeoutSeconds: number | undefined,
): Promise<void> {
  const ended = new AbortController();
  const { handle } = loadMachine(domain.paths, name);
  const bell = ringAt(followJournal(domain.paths.events, ended.signal));
  const deadline =
    timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
  try {
    for (;;) {
      const { state } = domain.backend.status(handle);
      if (states.includes(state)) {
        return;
      }
      const left = deadline - Date.now();
      if (left <= 0) {
        throw timedOut(name, state, states, timeoutSeconds);
      }
      await bell.rungWithin(Math.min(left, LOOK_EVERY_MS));
      loadMachine(domain.paths, name);
    }
  } finally {
    ended.abort();
  }
}

interface Bell {
  /** Resolves at the next event, or after so many milliseconds. One that rings while nobody waits is not kept. */
  readonly rungWithin: (milliseconds: number) => Promise<void>;
}

/** One listener however long somebody waits: each race of promises would leave one more at an event that is long in coming. */
function ringAt(events: AsyncIterable<unknown>): Bell {
  let ring = () => {};
  const listen = async () => {
    for await (const _ of events) ring();
  };
  // Whoever cannot follow the journal still looks once a second.
  void listen().catch(() => {});
  return {
    rungWithin: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

function timedOut(
  name: string,
  state: MachineState,
  states: readonly MachineState[],
  timeoutSeconds: number | undefined,
): MachineError {
  return new MachineError('timeout', `after ${timeoutSeconds} s it is ${state}, not ${states.join(' or ')}`, {
    subject: name,
    hint: `see \`tsmachine logs ${name}\``,
  });
}
