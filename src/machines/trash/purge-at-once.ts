/** What somebody wants gone now, and not kept in the trash. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { purgeEntries } from './purge.ts';
import { brokenOff, createRemover, FINISHED_BY } from './remover.ts';

/** `subject`: of what is said when it is broken off. */
export async function purgeAtOnce(
  domain: Domain,
  entries: readonly string[],
  work: StorageWork,
  subject: 'it is' | 'they are',
): Promise<void> {
  let isBegun = false;
  try {
    await purgeEntries(domain, entries, createRemover(domain, work), () => {
      isBegun = true;
    });
  } catch (error) {
    if (!work.signal.aborted) throw error;
    if (!isBegun) throw brokenOff(`${subject} in the trash as ${entries.join(', ')}`, error);
    throw brokenOff(`${subject} gone, and what is left of the files will be`, error, FINISHED_BY);
  }
}
