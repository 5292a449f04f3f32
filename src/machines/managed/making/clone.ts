/** clone: a copy of a machine or of a kept state of it, somebody else before anybody sees it. Loaded lazily. */
import type { ManagedImage, StagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import { record } from '../../domain.ts';
import { MachineError } from '../../errors.ts';
import type { CloneRequest } from '../../machines.ts';
import { newMachineId } from '../../names/identity.ts';
import { checkMachineName } from '../../names/machine-names.ts';
import { readUnitSettings, writeUnitSettings } from '../config/unit-settings.ts';
import { orTaken, requireFree } from '../images/free-name.ts';
import { keptStateName, splitKeptState } from '../images/image-names.ts';
import { requireImageMachine, requireKeptState } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { whileStill } from '../snapshots/standing-still.ts';
import { clonedText } from './settings-text.ts';
import { undoing } from './undoing.ts';

/** What is cloned. */
interface Original {
  readonly machine: ManagedMachine;
  readonly image: ManagedImage;
  readonly isKept: boolean;
}

/** `source`: NAME or NAME@SNAPSHOT. The source may run. */
export async function clone(
  managed: ManagedDomain,
  source: string,
  newName: string,
  request: CloneRequest,
): Promise<void> {
  const { machine: name, snapshot } = splitKeptState(source);
  checkMachineName(newName);
  await withManaged(managed, [name, newName], async (manager) => {
    const asked = askedAtOnce({
      isFree: requireFree(managed, manager, newName),
      unit: readUnitSettings(manager, name),
      // Its unit may be, before there is a machine of the name.
      isEnabled: manager.life.isEnabled(newName),
    });
    const machine = await requireImageMachine(manager, name);
    const image =
      snapshot === undefined ? machine.image : await requireKeptState(manager, keptStateName(name, snapshot));
    await asked.isFree;
    const original = { machine, image, isKept: snapshot !== undefined };
    requireRenewable(original, request);
    await orTaken(manager, newName, () =>
      standingStill(manager, original, () => copy(manager, original, newName, request)),
    );
    await undoing(manager, newName, request, async () => {
      if (isRaw(image)) await writeText(manager, machine.name, image.name, newName, request);
      // Limits are the machine's of now, of a kept state too: they are nothing that it keeps.
      const { limits } = await asked.unit;
      await writeUnitSettings(manager, newName, { limits, enabled: false }, () => asked.isEnabled);
    });
    record(managed.domain, newName, 'cloned', { from: source });
  });
}

/** What is asked while something else is: each is waited for where it is needed, if it comes to that. */
function askedAtOnce<T extends Readonly<Record<string, Promise<unknown>>>>(asked: T): T {
  for (const one of Object.values(asked)) one.catch(() => {});
  return asked;
}

/** Two machines with one identity take each other's place: that must be asked for. */
function requireRenewable({ image }: Original, { keepIdentity, ephemeral }: CloneRequest): void {
  if (keepIdentity || !isRaw(image)) return;
  const hint =
    ephemeral === undefined
      ? 'clone it with --keep-identity, and renew machine-id and host keys in it before both run'
      : `clone it for good, and destroy that afterwards: tsmachine clone ${image.name} NEW --keep-identity`;
  throw new MachineError('unsupported', `the identity in a disk image cannot be renewed (${image.path})`, {
    subject: image.name,
    hint,
  });
}

function isRaw({ kind }: ManagedImage): boolean {
  return kind === 'raw' || kind === 'block';
}

/** A kept state stands still anyhow. */
async function standingStill(
  manager: Manager,
  { machine, image, isKept }: Original,
  deed: () => Promise<void>,
): Promise<void> {
  if (isKept) await deed();
  else await whileStill(manager, { ...machine, image }, deed);
}

async function copy(manager: Manager, { machine, image }: Original, newName: string, request: CloneRequest) {
  const prepare = async (staged: StagedImage) => {
    if (!request.keepIdentity) {
      await manager.trees.renewIdentity(staged.path, { machineId: newMachineId(), hostname: newName });
    }
    await writeText(manager, machine.name, image.name, staged.name, request);
    return !request.keepIdentity;
  };
  await manager.images.clone(image.name, newName, { readOnly: false, prepare }, request);
}

async function writeText(
  { settings }: Manager,
  machine: string,
  from: string,
  to: string,
  { keepIdentity, ephemeral }: CloneRequest,
): Promise<void> {
  const text = await settings.read(from);
  const hostname = settings.values(text, 'Exec', 'Hostname').at(-1) ?? machine;
  const identity = keepIdentity
    ? ({ kept: true, hostname } as const)
    : ({ kept: false, now: new Date().toISOString() } as const);
  await settings.write(to, clonedText(settings, text, identity, ephemeral !== undefined));
}
