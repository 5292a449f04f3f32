/** Ephemeral machines that have ended, or whose command has died, go for good. */

import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { destroyLocked } from '../making/destroy.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { machineExists } from '../store/store.ts';
import { quietWork } from '../work/quiet-work.ts';
import { isBound, unmark, whoLooksAfter } from './marks.ts';

/** Whoever is at work on it (a stop, most often) removes it too: then there is nothing left to do. */
const OTHER_COMMAND_MS = 60_000;

/** How long what takes a machine down may need: its layer is written to disk when it goes. */
const TAKING_DOWN_MS = 60_000;

/** What `tsmachine internal sweep NAME` does: run when such a machine has ended, or its command. */
export async function sweep(domain: Domain, name: string): Promise<void> {
  await withMachines({ ...domain, lockWaitMs: OTHER_COMMAND_MS }, [name], async () => {
    await untilTakenDown(domain, name);
    await sweepLocked(domain, name);
  });
}

/** Its monitor is at work yet while it has this begun: nobody would come again. */
async function untilTakenDown(domain: Domain, name: string): Promise<void> {
  const { backend, paths } = domain;
  if (!machineExists(paths, name)) return;
  const { handle } = loadEvenBroken(domain, name);
  if (backend.status(handle).state !== 'stopping') return;
  const watch = await backend.watchEnd(handle);
  try {
    await watch.ended(TAKING_DOWN_MS);
  } finally {
    watch.close();
  }
}

/** The caller holds the lock. */
export async function sweepLocked(domain: Domain, name: string): Promise<void> {
  if (whoLooksAfter(domain, name) !== undefined) return;
  if (!machineExists(domain.paths, name)) return unmark(domain, name);
  const machine = loadEvenBroken(domain, name);
  // Another machine that has the name now, or one that somebody has made a lasting one of.
  if (machine.config.ephemeral !== true) return unmark(domain, name);
  if (isDown(domain, machine) || isBound(domain, name)) await removeLocked(domain, name);
}

/** After a command has brought it down. The caller holds the lock. */
export async function removeIfEphemeral(domain: Domain, machine: StoredMachine): Promise<void> {
  const { name, config } = machine;
  if (config.ephemeral === true && whoLooksAfter(domain, name) === undefined && isDown(domain, machine)) {
    await removeLocked(domain, name);
  }
}

export function removeLocked(domain: Domain, name: string): Promise<unknown> {
  return destroyLocked(domain, name, { force: true, now: true }, quietWork);
}

/** One that is left of by a dead monitor is down, or will be. */
function isDown({ backend }: Domain, { handle }: StoredMachine): boolean {
  const { state } = backend.status(handle);
  return state === 'stopped' || state === 'error';
}
