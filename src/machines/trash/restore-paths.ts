/** Paths become again what they were before a revert. What they are now is kept in turn. */
import { join } from 'node:path';
import type { StorageWork } from '../../backends/storage.ts';
import { type Domain, record } from '../domain.ts';
import { requireStopped, revertLocked } from '../files/revert.ts';
import { withMachines } from '../recovery/with-machines.ts';
import type { TrashEntry } from './entries.ts';
import { readKeptPaths, stateOfKept } from './kept-paths.ts';
import { findOwner } from './owner.ts';
import { purgeEntries } from './purge.ts';
import { createRemover } from './remover.ts';

export async function restorePaths(
  domain: Domain,
  found: TrashEntry,
  work: StorageWork,
): Promise<{ readonly machine: string; readonly paths: readonly string[] }> {
  const { entry } = found;
  const folder = join(domain.paths.trash, entry);
  const kept = readKeptPaths(folder, entry);
  const machine = findOwner(domain.paths, found, kept, 'these paths');
  await withMachines(domain, [machine], async () => {
    // Another command may have taken it while this one waited.
    readKeptPaths(folder, entry);
    await requireStopped(domain, machine);
    await revertLocked(domain, machine, kept.paths, { label: entry, state: stateOfKept(folder) }, work);
    record(domain, machine, 'brought-back', { entry, paths: kept.paths.length });
  });
  // It is done; what cannot go now goes by the bounds of the trash.
  await purgeEntries(domain, [entry], createRemover(domain, work)).catch(() => {});
  return { machine, paths: kept.paths };
}
