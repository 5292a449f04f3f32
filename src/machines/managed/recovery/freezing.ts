/**
 * A machine that stands still because it is copied: a note is made before it is frozen, empty settings of no image, which the next command finds. So
 * one whose copy died goes on, and one that a person has frozen stays so.
 */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { isManagedName } from '../images/image-names.ts';

export const FREEZE_MS = 10_000;

const PREFIX = '.tsmachine-freezing.';

/** Machines of which there is a note. @param notes that lie there */
export function freezingsOf(notes: readonly string[]): readonly string[] {
  return notes
    .filter((note) => note.startsWith(PREFIX))
    .map((note) => note.slice(PREFIX.length))
    .filter(isManagedName);
}

export async function noteFreezing({ settings }: Manager, machine: string): Promise<void> {
  await settings.write(`${PREFIX}${machine}`, '');
}

export async function forgetFreezing({ settings }: Manager, machine: string): Promise<void> {
  await settings.write(`${PREFIX}${machine}`, undefined);
}

/** What the command that froze it did not live to do. May be repeated. */
export async function settleFreezing(manager: Manager, machine: string): Promise<void> {
  const { state } = (await manager.views.find(machine))?.status ?? { state: 'stopped' };
  if (state === 'frozen' || state === 'freezing') await manager.life.unfreeze(machine, FREEZE_MS);
  await forgetFreezing(manager, machine);
}
