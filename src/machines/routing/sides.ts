/** Machines of both backends behind one face (`--backend auto`): what the parts of routing/ work with. Made once by whoever opens them. */
import type { BackendName } from '../../backends/backend.ts';
import { MachineError } from '../errors.ts';
import type { Machines } from '../machines.ts';

/** Machines that a manager keeps (managed/). */
export interface ManagedSide {
  readonly machines: Machines;
  /** Whether there is one of this name. Throws MachineError where the manager cannot be asked. */
  readonly has: (name: string) => Promise<boolean>;
}

export interface Sides {
  readonly native: Machines;
  /** One look at a folder: commands on native machines ask nobody else. */
  readonly isNative: (name: string) => boolean;
  /** Loaded at the first call. */
  readonly managed: () => Promise<ManagedSide>;
  /** Whose machines are made where nobody says it. */
  readonly newMachines: BackendName;
  /** Tells a person, in a sentence, what no answer tells. */
  readonly warn: (text: string) => void;
}

/** What the manager's side answers. Where it cannot, `none`, and a person is told: native machines do not depend on it. Never throws. */
export async function askManaged<T, N>(
  { managed, warn }: Sides,
  ask: (side: ManagedSide) => Promise<T>,
  none: N,
): Promise<T | N> {
  try {
    return await ask(await managed());
  } catch (error) {
    warn(`machines of systemd-nspawn are left out: ${wordsOf(error)}`);
    return none;
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof MachineError ? error.hint : undefined;
  return hint === undefined ? error.message : `${error.message} (${hint})`;
}
