/** Every command that changes a manager's machine runs in here: under its lock, after what a dead command left is settled. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { toMachineError } from '../../error-conversion.ts';
import { passOver } from '../../failures.ts';
import { sweepAbandoned } from '../../recovery/with-machines.ts';
import { type HeldLocks, lockNames } from '../../store/lock.ts';
import { checkManagedName } from '../images/image-names.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { renamingsAmong } from './renaming.ts';
import { machinesWithLeavings, settleLeavings } from './settle-leavings.ts';

/**
 * The locks are those of native machines too: a name is one machine's, whoever keeps it. Others (machinectl) know nothing of them, so what
 * is seen in here may still change; the manager refuses what does not go together.
 * @throws MachineError `usage`, `busy`
 */
export async function withManaged<T>(
  managed: ManagedDomain,
  names: readonly string[],
  work: (manager: Manager) => Promise<T>,
): Promise<T> {
  names.forEach(checkManagedName);
  const manager = await managed.manager();
  const locks = await lockAll(managed, manager, names);
  try {
    await settleLeavings(manager, locks.names);
    await settleOthers(managed, manager, locks.names);
    // Archives and templates are unpacked in folders of the store, whoever's machines are made of them.
    await sweepAbandoned(managed.domain, locks.names);
    return await work(manager);
  } finally {
    release(locks);
  }
}

/**
 * True: a dead command had left something of this name, which is settled as far as it can be. One that died in a restore has left no machine of its
 * name, and who asks for that gets it.
 */
export async function settleIfLeft(managed: ManagedDomain, name: string): Promise<boolean> {
  try {
    const { images } = await managed.manager();
    if (!machinesWithLeavings(await images.leavings()).includes(name)) return false;
    await withManaged(managed, [name], async () => {});
    return true;
  } catch (error) {
    // Somebody works on it, or who asks may not look there.
    if (!isKeptFrom(error)) throw error;
    return false;
  }
}

function isKeptFrom(error: unknown): boolean {
  const { code, errno = '' } = toMachineError(error);
  return code === 'busy' || ['EACCES', 'EPERM'].includes(errno);
}

/**
 * What commands on other machines left when they died: nobody might ever touch those names again, and one that died in a restore has no
 * machine of its name. Whether that works is no matter of this command.
 */
async function settleOthers(
  managed: ManagedDomain,
  manager: Manager,
  held: readonly string[],
): Promise<void> {
  for (const name of machinesWithLeavings(await manager.images.leavings())) {
    if (held.includes(name)) continue;
    try {
      const locks = await lockAll(managed, manager, [name], 0);
      try {
        await settleLeavings(manager, locks.names);
      } finally {
        release(locks);
      }
    } catch (error) {
      passOver(error);
      // Somebody works on it, or it is broken.
    }
  }
}

/** Who waits for one notices; files of names that may be gone do not pile up. */
function release(locks: HeldLocks): void {
  for (const name of locks.names) locks.forget(name);
  locks.release();
}

/** An unfinished rename drags its other name in; so the locks are let go and taken again with it, in sorted order. */
async function lockAll(
  { domain: { paths, lock, lockWaitMs } }: ManagedDomain,
  manager: Manager,
  names: readonly string[],
  waitMs = lockWaitMs,
): Promise<HeldLocks> {
  for (let wanted = names; ; ) {
    const locks = await lockNames(paths.locks, lock, wanted, waitMs);
    try {
      const { notes } = await manager.images.leavings();
      const named = renamingsAmong(notes, locks.names).flatMap(({ from, to }) => [from, to]);
      if (named.every((name) => locks.names.includes(name))) return locks;
      wanted = [...new Set([...wanted, ...named])];
    } catch (error) {
      locks.release();
      throw error;
    }
    locks.release();
  }
}
