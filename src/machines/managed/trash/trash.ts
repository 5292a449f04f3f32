/** trash list, trash empty. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import type { TrashSummary } from '../../machines.ts';
import type { ChosenTrash } from '../../time-travel.ts';
import { chosenOf, emptyingWords } from '../../trash/chosen.ts';
import { readPathsAlone } from '../../trash/kept-paths.ts';
import { summaryOf } from '../../trash/list.ts';
import { brokenOff, FINISHED_BY } from '../../trash/remover.ts';
import type { TrashedImage } from '../images/trash-names.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { entriesAmong, purgeEntry } from './purge.ts';

/** What the names of images tell; of paths before a revert also which ones. Newest first. */
export async function trash({ manager }: ManagedDomain): Promise<readonly TrashSummary[]> {
  const { images } = await manager();
  return Promise.all(entriesAmong(await images.names()).map((entry) => summaryIn(images, entry)));
}

async function summaryIn(images: Manager['images'], entry: TrashedImage): Promise<TrashSummary> {
  const path = entry.kind === 'paths' ? (await images.find(entry.image))?.path : undefined;
  return summaryOf(entry, () => readPathsAlone(path ?? '', entry.entry).paths);
}

/**
 * For good: the named entries or, if one of them is not there, none; without names all. Returns how many. One after the other, so that
 * those stay whose turn has not come when it is broken off.
 */
export async function emptyTrash(
  managed: ManagedDomain,
  chosen: ChosenTrash,
  work: StorageWork,
): Promise<number> {
  const { images } = await managed.manager();
  const there = entriesAmong(await images.names());
  const names = chosenOf(
    there.map(({ entry }) => entry),
    chosen,
  );
  const entries = there.filter(({ entry }) => names.includes(entry));
  for (const [index, entry] of entries.entries()) await purgeInTurn(managed, entries, index, entry, work);
  return entries.length;
}

async function purgeInTurn(
  managed: ManagedDomain,
  entries: readonly TrashedImage[],
  index: number,
  entry: TrashedImage,
  work: StorageWork,
): Promise<void> {
  let isBegun = false;
  try {
    work.signal.throwIfAborted();
    await withManaged(managed, [entry.machine], async (manager) => {
      isBegun = true;
      await purgeEntry(managed, manager, entry, work);
    });
  } catch (error) {
    if (!work.signal.aborted) throw error;
    const all = entries.map((one) => one.entry);
    throw brokenOff(
      emptyingWords(index, all, isBegun),
      error,
      index > 0 || isBegun ? FINISHED_BY : undefined,
    );
  }
}
