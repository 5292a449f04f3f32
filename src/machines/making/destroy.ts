/** destroy: to the trash by one rename, so that it is quick, whole and can be taken back. Never undone, only completed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineHandle } from '../../backends/backend.ts';
import type { StorageWork } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, type Outcome, record } from '../domain.ts';
import { unmark } from '../ephemeral/marks.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { killAndWait } from '../lifecycle/killing.ts';
import type { DestroyOptions, Removal } from '../machines.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { giveUpRestart } from '../restarting/pending.ts';
import { step } from '../store/crash-points.ts';
import { type DestroyIntent, removeIntent, writeIntent } from '../store/intents.ts';
import { renameRanges } from '../store/ranges.ts';
import { withReserve } from '../store/reserve.ts';
import { machineEntryName } from '../trash/entries.ts';
import { entriesOf } from '../trash/owner.ts';
import { purgeSurplus } from '../trash/purge.ts';
import { purgeAtOnce } from '../trash/purge-at-once.ts';
import { noteRemovedBy } from '../trash/removed-by.ts';
import { brokenOff } from '../trash/remover.ts';

/** `force` kills a running machine first; `now` leaves nothing in the trash: without the machine its removed snapshots never come back. */
export async function destroy(
  domain: Domain,
  name: string,
  options: DestroyOptions,
  work: StorageWork,
): Promise<Removal> {
  const deed = () => destroyLocked(domain, name, options, work);
  const givenUp = options.now ? name : undefined;
  return withReserve(domain.paths, () => withMachines(domain, [name], deed, { givenUp }));
}

/** The caller holds the lock. */
export async function destroyLocked(
  domain: Domain,
  name: string,
  { force, now: wantsNow, command }: DestroyOptions,
  work: StorageWork,
): Promise<Removal> {
  if (work.signal.aborted) throw brokenOff('it is as it was', work.signal.reason);
  const machine = loadEvenBroken(domain, name);
  const now = wantsNow || machine.config.ephemeral === true;
  await bringDown(domain, machine, force);
  const entry = machineEntryName(name, Date.now());
  await moveToTrash(domain, machine.handle, { operation: 'destroy', name, entry, command });
  step('destroy', 5);
  unmark(domain, name);
  record(domain, name, 'destroyed', now ? {} : { trash: entry });
  step('destroy', 6);
  if (now) {
    await purgeAtOnce(domain, [entry, ...entriesOf(domain.paths, machine)], work, 'it is');
  }
  const purged = await purgeSurplus(domain, Date.now(), work);
  step('destroy', 7);
  return { purged };
}

async function moveToTrash(
  domain: Domain,
  { directory }: MachineHandle,
  intent: DestroyIntent,
): Promise<void> {
  const { paths } = domain;
  const { name, entry, command } = intent;
  makeDirectory(paths.trash);
  await withLayersLock(domain, async () => {
    step('destroy', 1);
    writeIntent(paths, intent);
    step('destroy', 2);
    noteRemovedBy(directory, command);
    renameDurably(directory, join(paths.trash, entry));
  });
  step('destroy', 3);
  await renameRanges(domain, name, entry);
  step('destroy', 4);
  removeIntent(paths, intent);
}

/** Of one whose command died. May be repeated. */
export async function completeDestroy(
  domain: Domain,
  { name, entry, command }: DestroyIntent,
): Promise<Outcome> {
  const { paths } = domain;
  makeDirectory(paths.trash);
  await withLayersLock(domain, async () => {
    if (existsSync(paths.machine(name))) {
      noteRemovedBy(paths.machine(name), command);
      renameDurably(paths.machine(name), join(paths.trash, entry));
    }
  });
  await renameRanges(domain, name, entry);
  return 'completed';
}

async function bringDown(domain: Domain, machine: StoredMachine, force: boolean): Promise<void> {
  const { status } = await settle(domain, machine);
  if (status.state !== 'stopped') {
    if (!force) {
      const hint = `stop it first: tsmachine stop ${machine.name}, or give --force`;
      throw wrongState(machine.name, status.state, `the machine is ${status.state}`, hint);
    }
    record(domain, machine.name, 'killed', { signal: 'SIGKILL' });
    await killAndWait(domain, machine);
  }
  giveUpRestart(domain, machine.name);
  await leaveNothing(domain, machine);
}

/** What a tear-down could not take away (groups that somebody else is in) would have no owner any more, and no command to end it. */
async function leaveNothing(domain: Domain, machine: StoredMachine): Promise<void> {
  const { state } = domain.backend.status(machine.handle);
  if (state === 'stopped') {
    await domain.backend.collect(machine.handle);
  }
}
