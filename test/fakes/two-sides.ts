/** Machines of both backends, from plain data; it is counted how often the manager's side was asked for. */
import { MachineError } from '../../src/machines/errors.ts';
import type { Machines } from '../../src/machines/machines.ts';
import { openRouted } from '../../src/machines/routing/open-routed.ts';
import type { Sides } from '../../src/machines/routing/sides.ts';
import { stubMachines } from '../commands/stub-machines.ts';

export interface TwoSidesOptions {
  /** Names of native machines, and of the manager's. */
  readonly own?: readonly string[];
  readonly theirs?: readonly string[];
  readonly native?: Partial<Machines>;
  readonly managed?: Partial<Machines>;
  readonly newMachines?: Sides['newMachines'];
  /** The manager cannot be asked. */
  readonly broken?: boolean;
}

export interface TwoSides {
  readonly machines: Machines;
  readonly warnings: readonly string[];
  readonly asked: () => number;
}

export const noBus = new MachineError('failed', 'the system bus does not answer', { hint: 'start it' });

export function twoSides(options: TwoSidesOptions): TwoSides {
  const { own = [], theirs = [], newMachines = 'native', broken = false } = options;
  const warnings: string[] = [];
  const managed = stubMachines({ names: async () => theirs, ...options.managed });
  let asked = 0;
  const machines = openRouted({
    native: stubMachines({ names: async () => own, ...options.native }),
    isNative: (name) => own.includes(name),
    managed: async () => {
      asked += 1;
      if (broken) throw noBus;
      return { machines: managed, has: async (name) => theirs.includes(name) };
    },
    newMachines,
    warn: (text) => warnings.push(text),
  });
  return { machines, warnings, asked: () => asked };
}
