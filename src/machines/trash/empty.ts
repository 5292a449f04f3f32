/** trash empty. Loaded lazily. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { sweepAbandoned } from '../lifecycle/with-machines.ts';
import type { Paths } from '../store/paths.ts';
import { withReserve } from '../store/reserve.ts';
import type { ChosenTrash } from '../time-travel.ts';
import { findEntry } from './bring-back.ts';
import { readTrash } from './entries.ts';
import { purgeInTurn } from './purge-in-turn.ts';
import { brokenOff, createRemover, FINISHED_BY } from './remover.ts';

/**
 * For good: the named entries or, if one of them is not there, none; without names all. Returns how many. One after the other, so that
 * those stay whose turn has not come when it is broken off.
 */
export async function emptyTrash(domain: Domain, chosen: ChosenTrash, work: StorageWork): Promise<number> {
  const { paths } = domain;
  const entries = findChosen(paths, chosen);
  await withReserve(paths, async () => {
    // A purge that died has taken their names from entries that still take up space.
    await sweepAbandoned(domain);
    await purgeEach(domain, entries, work);
  });
  return entries.length;
}

function findChosen(paths: Paths, chosen: ChosenTrash): readonly string[] {
  const there = readTrash(paths.trash).map(({ entry }) => entry);
  if (chosen === undefined) return there;
  if ('listed' in chosen) return there.filter((entry) => chosen.listed.includes(entry));
  return [...new Set(chosen)].map((entry) => findEntry(paths, entry).entry);
}

async function purgeEach(domain: Domain, entries: readonly string[], work: StorageWork): Promise<void> {
  let turn = { number: 0, isBegun: false };
  try {
    await purgeInTurn(domain, entries, createRemover(domain, work), (now) => {
      turn = now;
    });
  } catch (error) {
    if (!work.signal.aborted) throw error;
    const words = stateWords(turn.number, entries, turn.isBegun);
    throw brokenOff(words, error, turn.number > 0 || turn.isBegun ? FINISHED_BY : undefined);
  }
}

function stateWords(removed: number, entries: readonly string[], isBegun: boolean): string {
  const whole = entries.length - removed - Number(isBegun);
  const parts = [`of ${entries.length} entries ${removed} ${removed === 1 ? 'is' : 'are'} removed for good`];
  if (isBegun) parts.push(`what is left of ${entries[removed]} will be`);
  if (whole > 0) parts.push(`${whole} ${whole === 1 ? 'stays' : 'stay'} in the trash`);
  return parts.join(', ');
}
