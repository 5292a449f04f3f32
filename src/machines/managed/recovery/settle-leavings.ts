/** What commands that died left of images: undone, or completed. May be repeated. The caller holds the locks of the names. */
import type { ImageLeavings } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { passOver } from '../../failures.ts';
import { isManagedName, keptStateName } from '../images/image-names.ts';
import { parseRestored, restoringsAmong } from '../images/restored-names.ts';
import { strayKeptStates } from '../images/trash-names.ts';
import { machineOfImage } from '../images/whose-image.ts';
import { freezingsOf, settleFreezing } from './freezing.ts';
import { carryOutRenaming, renamingsAmong, renamingsOf } from './renaming.ts';

/** What cannot be settled now stays for the next command. */
export async function settleLeavings(manager: Manager, names: readonly string[]): Promise<void> {
  const { images } = manager;
  const { hidden, notes, unfinished } = await images.leavings();
  for (const name of unfinished) {
    if (names.includes(machineOfImage(name))) await ifPossible(() => images.settle(name));
  }
  for (const renaming of renamingsAmong(notes, names)) {
    await ifPossible(() => carryOutRenaming(manager, renaming));
  }
  for (const machine of freezingsOf(notes)) {
    if (names.includes(machine)) await ifPossible(() => settleFreezing(manager, machine));
  }
  for (const restoring of restoringsAmong(hidden, names)) {
    const { settleRestore } = await import('../snapshots/swap.ts');
    await ifPossible(() => settleRestore(manager, restoring));
  }
  const strays = strayKeptStates(hidden).filter(({ machine }) => names.includes(machine));
  for (const { image, machine, withMachine } of strays) {
    await ifPossible(() => images.rename(image, keptStateName(machine, withMachine)));
  }
}

/**
 * Machines that a dead command may have left without their name, or standing still; or a live one, which has their locks, is at work. What belongs to a machine that
 * has its name waits until somebody asks for that.
 */
export function machinesWithLeavings({ hidden, notes, unfinished }: ImageLeavings): readonly string[] {
  const restored = hidden.filter((name) => parseRestored(name) !== undefined);
  const machines = [...unfinished, ...restored].map(machineOfImage);
  const noted = [...renamingsOf(notes).map(({ from }) => from), ...freezingsOf(notes)];
  return [...new Set([...machines, ...noted])].filter(isManagedName);
}

/** It may be broken (a mount inside, a file system that went read-only), and this command need not have to do with it. */
async function ifPossible(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    passOver(error);
  }
}
