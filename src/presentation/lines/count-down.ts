/** The line that `stop` draws while it waits: how long still, and for whom. Pure. */
import type { Remaining } from '../../backends/remaining.ts';
import { processName } from '../../machines/lifecycle/refusing.ts';

export interface Waiting {
  readonly name: string;
  /** The signal that its init was sent; undefined while it is thawed. */
  readonly signal: string | undefined;
  /** Until it is killed; 0: it is. */
  readonly seconds: number;
  readonly remaining: Remaining | undefined;
}

const MOST_NAMES = 5;

/** The one whose time is over first stands first. Empty: nothing is waited for. */
export function countDownLine(waiting: readonly Waiting[]): string {
  const [first, ...others] = [...waiting].sort((a, b) => a.seconds - b.seconds);
  if (first === undefined) return '';
  const rest = others.length === 0 ? '' : `; and for ${others.map(({ name }) => name).join(', ')}`;
  return `${first.name}: ${rungWords(first)}${waitsFor(first.remaining)}${rest}`;
}

function rungWords({ signal, seconds }: Waiting): string {
  if (seconds <= 0) return 'killed, and not gone yet';
  if (signal === undefined) return 'is thawed first';
  return `init was sent ${signal}, killed in ${Math.ceil(seconds)} s`;
}

function waitsFor(remaining: Remaining | undefined): string {
  if (remaining === undefined || remaining.total === 0) return '';
  const names = remaining.processes.slice(0, MOST_NAMES).map(({ name, insidePid, pid, state }) => {
    const stuck = state === 'uninterruptible' ? ', D' : '';
    return `${processName(name)} (${insidePid ?? pid}${stuck})`;
  });
  const more = remaining.total - names.length;
  return `; still there: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
