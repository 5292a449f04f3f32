/** Ephemeral machines that have ended, or whose command has died, go for good. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { OWN_SECTION } from '../../../backends/manager/settings.ts';
import { quietWork } from '../../work/quiet-work.ts';
import { readOwnFacts } from '../images/own-facts.ts';
import { isLive } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { destroyLocked } from './destroy.ts';

/** Whoever is at work on it (a stop, most often) may take so long. */
const OTHER_COMMAND_MS = 60_000;
const KEY = 'LivesWith';

/** `run`: it must not go on without its command, which is there or dead: nobody writes down when it dies. */
export type Bound = 'run' | 'start';

/** What `tsmachine internal sweep NAME` does: run when such a machine has ended, or its command. */
export async function sweep(managed: ManagedDomain, name: string): Promise<void> {
  const patient = { ...managed, domain: { ...managed.domain, lockWaitMs: OTHER_COMMAND_MS } };
  await withManaged(patient, [name], async (manager) => {
    const machine = await manager.views.find(name);
    if (machine === undefined || machine.image === null) return;
    const text = await manager.settings.read(name);
    // Another machine that has the name now, or one that somebody has made a lasting one of.
    if (readOwnFacts(manager.settings, text).ephemeral !== true) return;
    const isBound = manager.settings.values(text, OWN_SECTION, KEY).at(-1) === 'command';
    if (isBound || !isLive(machine)) await removeLocked(managed, manager, name);
    // It rebooted: what was waited for was the init before.
    else await sweepAtEnd(managed, manager, name);
  });
}

export function sweepWords(name: string): readonly string[] {
  return ['--backend', 'nspawn', 'internal', 'sweep', name];
}

/** Nobody of ours stays with a machine of the manager's: somebody must wait for its end. It may have ended already. */
export async function sweepAtEnd({ domain }: ManagedDomain, { views }: Manager, name: string): Promise<void> {
  const status = (await views.find(name))?.status;
  if (status !== undefined && 'pid' in status) domain.later.afterEndOf(status.pid, sweepWords(name));
  else domain.later.after(0, sweepWords(name));
}

/** It must not outlive the command that made it. */
export async function bindToCommand({ settings }: Manager, name: string): Promise<void> {
  const text = await settings.read(name);
  await settings.write(
    name,
    settings.changed(text, [{ section: OWN_SECTION, key: KEY, values: ['command'] }]),
  );
}

/** The caller holds the lock. */
export function removeLocked(managed: ManagedDomain, manager: Manager, name: string): Promise<void> {
  return destroyLocked(managed, manager, name, { force: true, now: true }, quietWork);
}
