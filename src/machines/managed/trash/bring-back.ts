/** trash restore: a machine comes back under its name or another, a kept state to its machine, paths as they were before a revert. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { MachineError } from '../../errors.ts';
import { checkMachineName } from '../../names/machine-names.ts';
import { checkSnapshotName } from '../../names/snapshot-names.ts';
import { hasNoName, noSuchEntry } from '../../trash/chosen.ts';
import { unparkUnitSettings } from '../config/parked-settings.ts';
import { requireFree } from '../images/free-name.ts';
import { keptStateName } from '../images/image-names.ts';
import { keptWith, type TrashedImage } from '../images/trash-names.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { handBack } from '../snapshots/offspring.ts';
import { tell } from '../tell.ts';
import { findOwner } from './owner.ts';
import { entriesAmong } from './purge.ts';
import { restorePaths } from './restore-paths.ts';

/** Returns the name of the machine that it belongs to now. Only paths are copied; all else is a new name. */
export async function restoreFromTrash(
  managed: ManagedDomain,
  entry: string,
  as: string | undefined,
  work: StorageWork,
): Promise<string> {
  const found = await findEntry(await managed.manager(), entry);
  switch (found.kind) {
    case 'paths':
      if (as !== undefined) throw hasNoName(entry);
      return (await restorePaths(managed, found, work)).machine;
    case 'machine':
      return await bringBackMachine(managed, found, as ?? found.machine);
    case 'snapshot':
      return await bringBackSnapshot(managed, found, as ?? found.snapshot ?? '');
  }
}

export async function findEntry({ images }: Manager, entry: string): Promise<TrashedImage> {
  const found = entriesAmong(await images.names()).find((one) => one.entry === entry);
  if (found === undefined) throw noSuchEntry(entry);
  return found;
}

/** Its kept states last: those that a command which died left in the trash are then known to be its own (trash-names.ts). */
async function bringBackMachine(managed: ManagedDomain, found: TrashedImage, name: string): Promise<string> {
  const { entry, machine: before } = found;
  if (name !== before) checkMachineName(name);
  await withManaged(managed, [...new Set([before, name])], async (manager) => {
    // Another command may have taken it while this one waited.
    await findEntry(manager, entry);
    await requireFree(managed, manager, name).catch((cause) => {
      throw withHint(cause, entry);
    });
    const names = await manager.images.names();
    await manager.images.rename(found.image, name);
    for (const { image, withMachine = '' } of keptWith(found, names)) {
      await manager.images.rename(image, keptStateName(name, withMachine));
    }
    // It changes again: what was measured in the trash is not true any more.
    await writeFacts(manager, name, { bytes: undefined, removedBy: undefined });
    await unparkUnitSettings(manager, name);
    tell(managed, name, 'brought-back', { entry });
  });
  return name;
}

async function bringBackSnapshot(
  managed: ManagedDomain,
  found: TrashedImage,
  snapshot: string,
): Promise<string> {
  checkSnapshotName(snapshot);
  const machine = await findOwner(await managed.manager(), found, 'this snapshot');
  await withManaged(managed, [machine], async (manager) => {
    await findEntry(manager, found.entry);
    const target = keptStateName(machine, snapshot);
    if ((await manager.images.find(target)) !== undefined) {
      const cause = new MachineError('exists', `${machine} has a snapshot "${snapshot}" already`, {
        subject: target,
      });
      throw withHint(cause, found.entry);
    }
    const facts = await factsOf(manager, found.image);
    await manager.images.rename(found.image, target);
    await writeFacts(manager, target, { removedBy: undefined });
    await handBack(manager, machine, snapshot, facts, found.removedAt);
    tell(managed, machine, 'brought-back', { entry: found.entry, snapshot });
  });
  return machine;
}

function withHint(cause: unknown, entry: string): unknown {
  if (!(cause instanceof MachineError) || cause.code !== 'exists') return cause;
  const hint = `bring it back under another name: tsmachine trash restore ${entry} --as NEW`;
  return new MachineError('exists', cause.message, { subject: cause.subject, hint, cause });
}
