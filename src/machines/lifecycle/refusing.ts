/** Who did not go when a machine was asked to, in words for the journal and for errors. */
import type { ProcessState, Remaining, RemainingProcess } from '../../backends/remaining.ts';
import type { MachineEvent } from '../events/events.ts';

/** A line of the journal is for reading; `stop --json` has more. */
const MOST_NAMED = 6;

const stateWords: Readonly<Record<ProcessState, string>> = {
  running: 'running',
  sleeping: 'sleeping',
  uninterruptible: 'uninterruptible (D)',
  stopped: 'stopped (T)',
  traced: 'stopped by a debugger (t)',
  idle: 'idle',
  zombie: 'a zombie (Z), whose parent does not ask for it',
  unknown: 'in an unknown state',
};

/** A name may hold anything, also what would begin a line of its own or turn the text around. */
const unsafe = () => /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** `sh (pid 7, 4711 on the host): sleeping in do_wait`. */
export function processWords({ pid, insidePid, name, state, waitChannel }: RemainingProcess): string {
  const who = insidePid === null ? `pid ${pid} on the host` : `pid ${insidePid}, ${pid} on the host`;
  return `${processName(name)} (${who}): ${stateWords[state]}${waitChannel === null ? '' : ` in ${waitChannel}`}`;
}

export function processName(name: string): string {
  return name.replace(unsafe(), '?') || '?';
}

export function refusalDetails({ total, processes }: Remaining): MachineEvent['details'] {
  if (total === 0) return {};
  return { left: total, refused: processes.slice(0, MOST_NAMED).map(processWords).join('; ') };
}

/** Of a machine that even SIGKILL did not end. */
export function whoHangs({ processes }: Remaining): string {
  const hanging = processes.filter(({ state }) => state === 'uninterruptible');
  if (hanging.length === 0) return 'a process of it may hang in the kernel (state D)';
  return `it hangs in the kernel: ${hanging.slice(0, MOST_NAMED).map(processWords).join('; ')}`;
}
