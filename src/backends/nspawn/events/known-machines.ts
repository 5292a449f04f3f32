/** The machines that who follows knows of, each with what rings when the kernel freezes or thaws it. */
import { BackendError } from '../../backend.ts';
import { text } from '../bus/values.ts';
import type { NspawnContext } from '../context.ts';
import type { UnitInterface } from '../systemd1.ts';
import { unitPath } from '../unit-name.ts';
import { type FreezerWatch, watchFreezer } from './freezer-watch.ts';

/** Of a machine that runs, or whose end is not told yet. */
export interface Known {
  readonly unit: string;
  readonly leader: number;
  readonly freezer: FreezerWatch;
  /** machined has it no more. */
  ending: boolean;
  /** As it was told last. */
  frozen: boolean;
}

export interface KnownMachines {
  /** Looks at a machine that is new. Undefined: it is gone again. @param path of its object */
  learn(name: string, path: string): Promise<Known | undefined>;
  get(name: string): Known | undefined;
  names(): readonly string[];
  /** Undefined: the unit is none of theirs. */
  nameOfUnit(path: string): string | undefined;
  forget(name: string): void;
  close(): void;
}

/** @param rung called when a machine may have been frozen or thawed */
export function createKnownMachines(
  { machine1, systemd1 }: NspawnContext,
  rung: (name: string) => void,
): KnownMachines {
  const machines = new Map<string, Known>();
  const forget = (name: string): void => {
    machines.get(name)?.freezer.close();
    machines.delete(name);
  };
  return {
    learn: async (name, path) => {
      try {
        const { unit, leader } = await machine1.machineProperties(path);
        const group = text(await systemd1.unitProperty(unit, kindOf(unit), 'ControlGroup'));
        const freezer = watchFreezer(group, () => rung(name));
        forget(name);
        const known = { unit, leader, freezer, ending: false, frozen: freezer.isFrozen() };
        machines.set(name, known);
        return known;
      } catch (error) {
        if (error instanceof BackendError) return undefined;
        throw error;
      }
    },
    get: (name) => machines.get(name),
    names: () => [...machines.keys()],
    nameOfUnit: (path) => [...machines].find(([, { unit }]) => unitPath(unit) === path)?.[0],
    forget,
    close: () => {
      for (const name of [...machines.keys()]) forget(name);
    },
  };
}

function kindOf(unit: string): UnitInterface {
  return unit.endsWith('.scope') ? 'Scope' : 'Service';
}
