/** Entries of the trash that go for good. */
import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { passOver } from '../../failures.ts';
import type { PurgedEntry } from '../../machines.ts';
import { mostBytes, surplusOf } from '../../trash/bounds.ts';
import { forgetFirstBoot } from '../first-boot/kept.ts';
import { isManagedName } from '../images/image-names.ts';
import { keptWith, parseTrashed, type TrashedImage, trashEntries } from '../images/trash-names.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { tell } from '../tell.ts';

/** Newest first. What no command could name is none of ours. */
export function entriesAmong(names: readonly string[]): readonly TrashedImage[] {
  return trashEntries(names).filter(({ machine }) => isManagedName(machine));
}

/** Kept states that went with a machine go first: without it they would be those of the next one of its name. */
export async function purgeEntry(
  managed: ManagedDomain,
  manager: Manager,
  entry: TrashedImage,
  work: StorageWork,
): Promise<void> {
  const names = await manager.images.names();
  for (const { image } of keptWith(entry, names)) await manager.images.remove(image, work);
  if (names.includes(entry.image)) {
    const { firstBoot } = await factsOf(manager, entry.image);
    await manager.images.remove(entry.image, work);
    // That of a kept state is its machine's.
    if (entry.snapshot === undefined) forgetFirstBoot(managed, firstBoot);
  }
  tell(managed, entry.machine, 'purged', { entry: entry.entry });
}

/** Keeps the trash within its bounds; returns what went. What cannot be removed now is tried again the next time something comes. */
export async function purgeSurplus(
  managed: ManagedDomain,
  manager: Manager,
  work: StorageWork,
): Promise<readonly PurgedEntry[]> {
  const purged: PurgedEntry[] = [];
  try {
    const entries = entriesAmong(await manager.images.names());
    if (entries.length === 0) return purged;
    const images = await manager.images.all();
    const sizes = new Map<string, number>();
    const surplus = await surplusOf(entries, Date.now(), {
      async bytesOf(entry) {
        const bytes = await bytesOfEntry(manager, entry, images);
        sizes.set(entry.entry, bytes);
        return bytes;
      },
      mostBytes: () => mostBytes(dirname(images[0]?.path ?? '/')),
    });
    for (const entry of surplus) {
      await purgeEntry(managed, manager, entry, work);
      purged.push({ entry: entry.entry, bytes: sizes.get(entry.entry) ?? null });
    }
  } catch (error) {
    passOver(error, work.signal);
    // What was asked for is done; `trash list` shows what is still there, and purging that by hand says why.
  }
  return purged;
}

async function bytesOfEntry(
  manager: Manager,
  entry: TrashedImage,
  images: readonly ManagedImage[],
): Promise<number> {
  const names = keptWith(
    entry,
    images.map(({ name }) => name),
  ).map(({ image }) => image);
  const own = images.filter(({ name }) => name === entry.image || names.includes(name));
  let total = 0;
  for (const image of own) total += await bytesOfStill(manager, image);
  return total;
}

/** Of one in which nothing changes any more: measured once. */
export async function bytesOfStill(manager: Manager, image: ManagedImage): Promise<number> {
  const { kind, path, usageBytes, name } = image;
  if (usageBytes !== null) return usageBytes;
  if (kind !== 'directory' && kind !== 'subvolume') return blocksOf(path);
  const { bytes } = await factsOf(manager, name);
  if (bytes !== undefined) return bytes;
  const measured = await manager.trees.bytesOf(path);
  await noteBytes(manager, name, measured);
  return measured;
}

/** It would only save time. In the settings of others nothing is noted, but while they lie in the trash: it goes when they come back. */
export async function noteBytes(manager: Manager, image: string, bytes: number): Promise<void> {
  try {
    const { takenAt } = await factsOf(manager, image);
    if (takenAt !== undefined || parseTrashed(image) !== undefined) {
      await writeFacts(manager, image, { bytes });
    }
  } catch (error) {
    passOver(error);
    // The next look counts anew.
  }
}

/** Of a disk image: what it takes, and not how long it is. */
export function blocksOf(path: string): number {
  return (lstatSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}
