/**
 * The end of a restore: what the machine was gets the name of a kept state, what it shall be gets the machine's. Between the two nobody has the
 * machine's name; a command that died there left both, and the next one goes on.
 */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { automaticBounds } from '../../snapshots/surplus-rule.ts';
import { step } from '../../store/crash-points.ts';
import { quietWork } from '../../work/quiet-work.ts';
import { keptStateName } from '../images/image-names.ts';
import type { Restoring } from '../images/restored-names.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import { goesOnFrom, keptStates } from './kept-states.ts';

/** Returns what became of it. May be repeated. Throws what the manager says; then both are there still, under one name or another. */
export async function carryOutRestore(
  manager: Manager,
  { machine, before, staged }: Restoring,
): Promise<void> {
  const { images } = manager;
  const kept = keptStateName(machine, before);
  step('managed-restore', 2);
  if ((await images.find(kept)) === undefined) await images.rename(machine, kept);
  step('managed-restore', 3);
  await writeBeforeFacts(manager, { machine, before, staged });
  step('managed-restore', 4);
  await images.setReadOnly(kept, true);
  step('managed-restore', 5);
  await images.rename(staged, machine);
  step('managed-restore', 6);
}

async function writeBeforeFacts(manager: Manager, { machine, before, staged }: Restoring): Promise<void> {
  const kept = keptStateName(machine, before);
  const facts = await factsOf(manager, kept);
  if (facts.takenAt !== undefined) return;
  const others = (await keptStates(manager, machine)).filter(({ name }) => name !== before);
  const parent = goesOnFrom(facts, others)?.name;
  const { goesOnFrom: restored } = await factsOf(manager, staged);
  const now = Date.now();
  await writeFacts(manager, kept, {
    takenAt: new Date(now).toISOString(),
    machine,
    ...(restored === undefined ? {} : { comment: `before the restore of ${restored}` }),
    parent,
    automatic: true,
    expiresAt: new Date(now + automaticBounds.maxAgeMs).toISOString(),
  });
}

/** Of a command that died: completed once the machine has lost its name, else undone. */
export async function settleRestore(manager: Manager, restoring: Restoring): Promise<void> {
  const { machine, before, staged } = restoring;
  const [present, kept] = await Promise.all([
    manager.images.find(machine),
    manager.images.find(keptStateName(machine, before)),
  ]);
  if (present === undefined && kept !== undefined) await carryOutRestore(manager, restoring);
  else await manager.images.remove(staged, quietWork);
}
