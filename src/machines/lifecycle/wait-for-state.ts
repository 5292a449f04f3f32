/** wait: woken by the journal; the status is the truth, and is looked at once a second in any case. */
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { followJournal } from '../journal-follow.ts';
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
  const events = followJournal(domain.paths.events, ended.signal)[Symbol.asyncIterator]();
  const deadline =
    timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
  try {
    let event = events.next();
    for (;;) {
      const { state } = domain.backend.status(handle);
      if (states.includes(state)) {
        return;
      }
      const left = deadline - Date.now();
      if (left <= 0) {
        throw timedOut(name, state, states, timeoutSeconds);
      }
      const rang = await Promise.race([
        event.then(() => true),
        sleep(Math.min(left, LOOK_EVERY_MS), ended.signal),
      ]);
      if (rang) {
        event = events.next();
      }
      loadMachine(domain.paths, name);
    }
  } finally {
    ended.abort();
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
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
