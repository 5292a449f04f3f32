/**
 * rename, of a stopped machine: its kept states, its settings, what its unit has and what of it lies in the trash go along
 * (renaming.ts). Loaded lazily.
 */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { record } from '../../domain.ts';
import { MachineError } from '../../errors.ts';
import { checkMachineName } from '../../names/machine-names.ts';
import { requireFree } from '../images/free-name.ts';
import { readOwnFacts } from '../images/own-facts.ts';
import { type ImageMachine, requireImageMachine, requireStopped } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { carryOutRenaming, forgetRenaming, noteRenaming } from '../recovery/renaming.ts';
import { withManaged } from '../recovery/with-managed.ts';

const HOSTNAME_BYTES = 256;

export async function rename(managed: ManagedDomain, name: string, newName: string): Promise<void> {
  checkMachineName(newName);
  await withManaged(managed, [name, newName], async (manager) => {
    const machine = await requireImageMachine(manager, name);
    await requireFree(managed, manager, newName);
    refuseEphemeral(name, newName, readOwnFacts(manager.settings, await manager.settings.read(name)));
    requireStopped(machine, 'renamed');
    const renaming = { from: name, to: newName };
    await noteRenaming(manager, renaming);
    try {
      await carryOutRenaming(manager, renaming);
    } catch (error) {
      if ((await manager.images.find(name)) !== undefined) {
        await forgetRenaming(manager, renaming);
      }
      throw error;
    }
    record(managed.domain, newName, 'renamed', { from: name });
    await followName(manager, machine, newName);
  });
}

function refuseEphemeral(name: string, newName: string, { ephemeral }: { readonly ephemeral?: true }): void {
  if (ephemeral !== true) return;
  throw new MachineError('wrong-state', 'it is ephemeral: there is nothing to rename when it has ended', {
    subject: name,
    hint: `to keep it: tsmachine clone ${name} ${newName}`,
  });
}

/** A host name that was the machine's name goes along; one that somebody gave it stays. What its files do not bear, it has by its settings. */
export async function followName(
  { trees, images }: Manager,
  { name, image }: ImageMachine,
  newName: string,
): Promise<void> {
  if (image.readOnly || (image.kind !== 'directory' && image.kind !== 'subvolume')) return;
  const renamed = await images.find(newName);
  if (renamed === undefined) return;
  const driver = renamed.kind === 'subvolume' ? 'btrfs' : 'dir';
  const state = { driver, layers: [], tree: renamed.path } as const;
  const file = await trees.readFile(state, '/etc/hostname', HOSTNAME_BYTES);
  if (file?.toString('latin1').trim() === name) await trees.writeHostname(renamed.path, newName);
}
