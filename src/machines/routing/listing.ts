/** All machines of both, in one order. A machine of the manager's that has the name of a native one is hidden by it, and said. */
import { byAutostartOrder } from '../looking/autostart-order.ts';
import type { Part } from '../verbs/part.ts';
import { askManaged, type Sides } from './sides.ts';

type Listing = 'names' | 'list' | 'autostartMachines' | 'takeDueSnapshots';

export function listingVerbs(sides: Sides): Part<Listing> {
  const { native, isNative, warn } = sides;
  return {
    names: () => mergedNames(sides),
    list: async () => {
      const [own, theirs] = await Promise.all([
        native.list(),
        askManaged(sides, ({ machines }) => machines.list(), []),
      ]);
      for (const { name } of theirs) if (isNative(name)) warn(hiddenWords(name));
      return [...own, ...theirs.filter(({ name }) => !isNative(name))].sort((a, b) => byName(a.name, b.name));
    },
    autostartMachines: async (choice) => {
      const [own, theirs] = await Promise.all([
        native.autostartMachines(choice),
        askManaged(sides, ({ machines }) => machines.autostartMachines(choice), []),
      ]);
      return [...own, ...theirs.filter(({ name }) => !isNative(name))].sort(byAutostartOrder);
    },
    takeDueSnapshots: async (work) => {
      const [own, theirs] = await Promise.all([
        native.takeDueSnapshots(work),
        askManaged(sides, ({ machines }) => machines.takeDueSnapshots(work), []),
      ]);
      return [...own, ...theirs];
    },
  };
}

export async function mergedNames(sides: Sides): Promise<readonly string[]> {
  const [own, theirs] = await Promise.all([
    sides.native.names(),
    askManaged(sides, ({ machines }) => machines.names(), []),
  ]);
  return [...new Set([...own, ...theirs])].sort(byName);
}

function hiddenWords(name: string): string {
  return `there is a machine "${name}" of systemd-nspawn too, which the native one of that name hides: tsmachine --backend nspawn reaches it`;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
