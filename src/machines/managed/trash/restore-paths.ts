/** Paths become again what they were before a revert. What they are now is kept in turn. */
import type { StorageWork } from '../../../backends/storage.ts';
import { readPathsAlone, treeOfKept } from '../../trash/kept-paths.ts';
import { requireStill, revertLocked } from '../files/revert.ts';
import { treeState } from '../files/states.ts';
import { requireImageMachine } from '../images/require-machine.ts';
import type { TrashedImage } from '../images/trash-names.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { findOwner } from './owner.ts';
import { purgeEntry } from './purge.ts';

export async function restorePaths(
  managed: ManagedDomain,
  found: TrashedImage,
  work: StorageWork,
): Promise<{ readonly machine: string; readonly paths: readonly string[] }> {
  const { entry } = found;
  const owner = await findOwner(await managed.manager(), found, 'these paths');
  return await withManaged(managed, [owner], async (manager) => {
    // Another command may have taken it while this one waited.
    const kept = await manager.images.find(found.image);
    const { paths } = readPathsAlone(kept?.path ?? '', entry);
    const machine = await requireImageMachine(manager, owner);
    requireStill(machine);
    const source = { label: entry, state: treeState(treeOfKept(kept?.path ?? '')) };
    await revertLocked(managed, manager, machine, paths, source, work);
    tell(managed, owner, 'brought-back', { entry, paths: paths.length });
    // It is done; what cannot go now goes by the bounds of the trash.
    await purgeEntry(managed, manager, found, work).catch(() => {});
    return { machine: owner, paths };
  });
}
