/**
 * A rename that is under way. It takes several deeds (each kept state is an image, limits are the unit's), so a note of both names is made before
 * the first: empty settings of no image, which the next command on either name finds.
 */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { MachineError } from '../../errors.ts';
import { clearUnitSettings, readUnitSettings, writeUnitSettings } from '../config/unit-settings.ts';
import { isManagedName, keptStateName, snapshotsAmong } from '../images/image-names.ts';
import { parseTrashed, trashedPaths, trashedSnapshot } from '../images/trash-names.ts';

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

const PREFIX = '.tsmachine-renaming.';

/** Those that some names are in. @param notes that lie there */
export function renamingsAmong(notes: readonly string[], names: readonly string[]): readonly Renaming[] {
  return renamingsOf(notes).filter(({ from, to }) => names.includes(from) || names.includes(to));
}

export function renamingsOf(notes: readonly string[]): readonly Renaming[] {
  return notes
    .filter((note) => note.startsWith(PREFIX))
    .map((note) => note.slice(PREFIX.length).split('@'))
    .flatMap(([from = '', to = '', ...more]) =>
      more.length === 0 && isManagedName(from) && isManagedName(to) ? [{ from, to }] : [],
    );
}

export async function noteRenaming({ settings }: Manager, { from, to }: Renaming): Promise<void> {
  await settings.write(`${PREFIX}${from}@${to}`, '');
}

export async function forgetRenaming({ settings }: Manager, { from, to }: Renaming): Promise<void> {
  await settings.write(`${PREFIX}${from}@${to}`, undefined);
}

/**
 * All of it, from wherever it was broken off. The note goes last.
 * @throws MachineError 'exists' if somebody else has the name: then the machine has the old one still, and all of its kept states too
 */
export async function carryOutRenaming(manager: Manager, renaming: Renaming): Promise<void> {
  const { from, to } = renaming;
  await moveImages(manager, renaming);
  const present = await readUnitSettings(manager, from);
  if (present.enabled || Object.keys(present.limits).length > 0) {
    await writeUnitSettings(manager, to, present);
    await clearUnitSettings(manager, from);
  }
  await moveTrash(manager, renaming);
  await forgetRenaming(manager, renaming);
}

async function moveImages({ images }: Manager, { from, to }: Renaming): Promise<void> {
  const names = await images.names();
  if (!names.includes(from)) return;
  const moved: string[] = [];
  try {
    for (const snapshot of snapshotsAmong(from, names)) {
      await images.rename(keptStateName(from, snapshot), keptStateName(to, snapshot));
      moved.push(snapshot);
    }
    await images.rename(from, to);
  } catch (cause) {
    for (const snapshot of moved)
      await images.rename(keptStateName(to, snapshot), keptStateName(from, snapshot));
    if (!names.includes(to) && (await images.find(to)) === undefined) throw cause;
    throw new MachineError('exists', `there is a machine "${to}" already`, {
      subject: to,
      hint: 'choose another name',
      cause,
    });
  }
}

/** What only this machine could take back. Destroyed ones of the name were others. */
async function moveTrash({ images }: Manager, { from, to }: Renaming): Promise<void> {
  const { hidden } = await images.leavings();
  for (const { image, kind, machine, snapshot, removedAt } of hidden
    .map(parseTrashed)
    .filter((one) => one !== undefined)) {
    if (machine !== from || kind === 'machine') continue;
    const name =
      snapshot === undefined ? trashedPaths(to, removedAt) : trashedSnapshot(to, snapshot, removedAt);
    await images.rename(image, name);
  }
}
