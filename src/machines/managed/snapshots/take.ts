/** snapshot: the present files and settings become a read-only image. Loaded lazily. */
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { MachineError } from '../../errors.ts';
import type { SnapshotRequest, TakenSnapshot } from '../../machines.ts';
import { freeSnapshotName } from '../../names/snapshot-names.ts';
import { checkComment } from '../../snapshots/comment.ts';
import { removeOlder } from '../../snapshots/remove-older.ts';
import { checkKeep } from '../../snapshots/surplus-rule.ts';
import type { SnapshotOrder } from '../../snapshots/take.ts';
import { keptStateName } from '../images/image-names.ts';
import { type FactChanges, noKeptFacts } from '../images/own-facts.ts';
import { type ImageMachine, requireImageMachine } from '../images/require-machine.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { goesOnFrom, isOurs, keptStates } from './kept-states.ts';
import { whileStill } from './standing-still.ts';
import { removeSurplus } from './surplus.ts';

export async function snapshot(
  managed: ManagedDomain,
  name: string,
  request: SnapshotRequest,
): Promise<TakenSnapshot> {
  checkKeep(request.keep);
  checkComment(request.comment);
  return await withManaged(managed, [name], async (manager) => {
    const machine = await requireImageMachine(manager, name);
    const taken = await takeSnapshot(managed, manager, machine, { ...request, scheduled: false }, request);
    return {
      ...taken,
      removed: await removeOlder(name, taken.snapshot, request, (rule, work) =>
        removeSurplus(managed, manager, name, rule, work),
      ),
    };
  });
}

/** The caller holds the machine's lock. */
export async function takeSnapshot(
  managed: ManagedDomain,
  manager: Manager,
  machine: ImageMachine,
  order: SnapshotOrder,
  work: StorageWork,
): Promise<Omit<TakenSnapshot, 'removed'>> {
  const { name, image } = machine;
  requireClonable(image);
  const [states, present] = await Promise.all([keptStates(manager, name), factsOf(manager, name)]);
  const taken = states.map((state) => state.name);
  const snapshot = freeSnapshotName(name, order.snapshot, taken);
  const facts = newFacts(name, order, goesOnFrom(present, states)?.name);
  const target = keptStateName(name, snapshot);
  const frozenMs = await whileStill(manager, machine, async (stoodStill) => {
    const prepare = async ({ name: staged }: { readonly name: string }) => {
      const ms = await stoodStill();
      await writeFacts(manager, staged, { ...facts, frozenMs: ms });
      return false;
    };
    await manager.images.clone(name, target, { readOnly: true, prepare }, work);
  });
  // Of a disk image nothing could be written before.
  if (image.kind === 'raw') await writeFacts(manager, target, facts);
  if (isOurs(present)) await writeFacts(manager, name, { goesOnFrom: snapshot });
  tell(managed, name, 'snapshotted', { snapshot, ...(order.scheduled ? { scheduled: true } : {}) });
  return { snapshot, frozenMs };
}

/** What it has of the machine's own facts stays: they say what it was. */
function newFacts(machine: string, order: SnapshotOrder, parent: string | undefined): FactChanges {
  const now = Date.now();
  const { comment, expiresAfterMs, scheduled } = order;
  return {
    ...noKeptFacts,
    takenAt: new Date(now).toISOString(),
    machine,
    comment,
    parent,
    scheduled: scheduled ? true : undefined,
    expiresAt: expiresAfterMs === undefined ? undefined : new Date(now + expiresAfterMs).toISOString(),
  };
}

/** Throws `unsupported`. */
export function requireClonable({ name, kind, path }: ManagedImage): void {
  if (kind !== 'block') return;
  throw new MachineError('unsupported', `its files are on a block device (${path}), which is not copied`, {
    subject: name,
    hint: 'keep states of it by what the device lies on, for example lvcreate --snapshot',
  });
}
