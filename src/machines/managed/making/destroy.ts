/** destroy: to the trash, with all kept states; or for good. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { MachineError } from '../../errors.ts';
import type { DestroyOptions, Removal } from '../../machines.ts';
import { brokenOff } from '../../trash/remover.ts';
import { parkUnitSettings } from '../config/parked-settings.ts';
import { clearUnitSettings } from '../config/unit-settings.ts';
import { forgetFirstBoot } from '../first-boot/kept.ts';
import { keptStateName, snapshotsAmong } from '../images/image-names.ts';
import { readOwnFacts } from '../images/own-facts.ts';
import { isLive, requireImageMachine } from '../images/require-machine.ts';
import { parseTrashed, trashedMachine, trashedWithMachine } from '../images/trash-names.ts';
import { writeFacts } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { purgeSurplus } from '../trash/purge.ts';

const END_MS = 30_000;

/** `force` kills a running machine first; `now` leaves nothing in the trash. */
export async function destroy(
  managed: ManagedDomain,
  name: string,
  options: DestroyOptions,
  work: StorageWork,
): Promise<Removal> {
  return await withManaged(managed, [name], async (manager) => {
    await destroyLocked(managed, manager, name, options, work);
    return { purged: await purgeSurplus(managed, manager, work) };
  });
}

/** The caller holds the lock. */
export async function destroyLocked(
  managed: ManagedDomain,
  manager: Manager,
  name: string,
  { force, now: wantsNow, command }: DestroyOptions,
  work: StorageWork,
): Promise<void> {
  if (work.signal.aborted) throw brokenOff('it is as it was', work.signal.reason);
  const machine = await requireImageMachine(manager, name);
  const { ephemeral, firstBoot } = readOwnFacts(manager.settings, await manager.settings.read(name));
  const now = wantsNow || ephemeral === true;
  await bringDown(manager, machine, force);
  const kept = snapshotsAmong(name, await manager.images.names());
  if (!now) {
    return tell(managed, name, 'destroyed', { trash: await moveToTrash(manager, name, kept, command) });
  }
  await removeAll(manager, name, kept, work);
  forgetFirstBoot(managed, firstBoot);
  tell(managed, name, 'destroyed');
}

async function bringDown({ life }: Manager, machine: ManagedMachine, force: boolean): Promise<void> {
  const { name, status } = machine;
  if (!isLive(machine)) return;
  if (!force) {
    throw new MachineError('wrong-state', `the machine is ${status.state}`, {
      subject: name,
      hint: `stop it first: tsmachine stop ${name}, or give --force`,
    });
  }
  await life.kill(name);
  if (await life.awaitEnd(name, END_MS)) return;
  throw new MachineError('timeout', `it was killed, and is not down after ${END_MS / 1000} s`, {
    subject: name,
    hint: `see what is left of it: tsmachine info ${name}`,
  });
}

/** Kept states first: what a death leaves behind them belongs to the machine again (trash-names.ts). Returns the entry. */
async function moveToTrash(
  manager: Manager,
  name: string,
  kept: readonly string[],
  command: string | undefined,
): Promise<string> {
  const { images } = manager;
  const now = Date.now();
  const back = await parkUnitSettings(manager, name);
  const moved: string[] = [];
  try {
    await writeFacts(manager, name, { removedBy: command });
    for (const snapshot of kept) {
      await images.rename(keptStateName(name, snapshot), trashedWithMachine(name, snapshot, now));
      moved.push(snapshot);
    }
    await images.rename(name, trashedMachine(name, now));
    return parseTrashed(trashedMachine(name, now))?.entry ?? '';
  } catch (error) {
    for (const snapshot of moved) {
      await images.rename(trashedWithMachine(name, snapshot, now), keptStateName(name, snapshot));
    }
    if (command !== undefined) await writeFacts(manager, name, { removedBy: undefined });
    await back();
    throw error;
  }
}

/** Broken off, there is the machine with fewer kept states; a command that does the same again goes on. */
async function removeAll(
  manager: Manager,
  name: string,
  kept: readonly string[],
  work: StorageWork,
): Promise<void> {
  for (const snapshot of kept) await manager.images.remove(keptStateName(name, snapshot), work);
  await clearUnitSettings(manager, name);
  await manager.images.remove(name, work);
}
