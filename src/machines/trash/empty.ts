/** trash empty. Loaded lazily. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { sweepAbandoned } from '../recovery/with-machines.ts';
import { withReserve } from '../store/reserve.ts';
import type { ChosenTrash } from '../time-travel.ts';
import { chosenOf, emptyingWords } from './chosen.ts';
import { readTrash } from './entries.ts';
import { purgeInTurn } from './purge-in-turn.ts';
import { brokenOff, createRemover, FINISHED_BY } from './remover.ts';

/**
 * For good: the named entries or, if one of them is not there, none; without names all. Returns how many. One after the other, so that
 * those stay whose turn has not come when it is broken off.
 */
export async function emptyTrash(domain: Domain, chosen: ChosenTrash, work: StorageWork): Promise<number> {
  const { paths } = domain;
  const there = readTrash(paths.trash).map(({ entry }) => entry);
  const entries = chosenOf(there, chosen);
  await withReserve(paths, async () => {
    // A purge that died has taken their names from entries that still take up space.
    await sweepAbandoned(domain);
    await purgeEach(domain, entries, work);
  });
  return entries.length;
}

async function purgeEach(domain: Domain, entries: readonly string[], work: StorageWork): Promise<void> {
  let turn = { number: 0, isBegun: false };
  try {
    await purgeInTurn(domain, entries, createRemover(domain, work), (now) => {
      turn = now;
    });
  } catch (error) {
    if (!work.signal.aborted) throw error;
    const words = emptyingWords(turn.number, entries, turn.isBegun);
    throw brokenOff(words, error, turn.number > 0 || turn.isBegun ? FINISHED_BY : undefined);
  }
}
