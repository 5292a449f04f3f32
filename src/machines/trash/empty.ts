/** trash empty. Loaded lazily. */
import type { Domain } from '../domain.ts';
import { sweepAbandoned } from '../lifecycle/with-machines.ts';
import { withReserve } from '../store/reserve.ts';
import { findEntry } from './bring-back.ts';
import { readTrash } from './entries.ts';
import { purgeEntries } from './purge.ts';

/** For good: the named entries or, if one of them is not there, none; without names all. Returns how many. */
export async function emptyTrash(domain: Domain, named: readonly string[] | undefined): Promise<number> {
  const { paths } = domain;
  const entries =
    named === undefined
      ? readTrash(paths.trash).map(({ entry }) => entry)
      : [...new Set(named)].map((entry) => findEntry(paths, entry).entry);
  await withReserve(paths, async () => {
    // A purge that died has taken their names from entries that still take up space.
    await sweepAbandoned(domain);
    await purgeEntries(domain, entries);
  });
  return entries.length;
}
