/** Kept states of a manager's machines: snapshots, the trash, what differs. */
import { guard, guardEach, guardWork } from '../../guards.ts';
import type { Part } from '../../verbs/part.ts';
import { quietWork } from '../../work/quiet-work.ts';
import { checkManagedName } from '../images/image-names.ts';
import type { ManagedDomain } from '../managed-domain.ts';

type Snapshots =
  | 'snapshot'
  | 'snapshots'
  | 'snapshotBytes'
  | 'restore'
  | 'removeSnapshots'
  | 'takeDueSnapshots';
type Trash = 'trash' | 'restoreFromTrash' | 'emptyTrash' | 'undo' | 'undoCommand';
type Differences = 'diff' | 'diffFile' | 'revert';

export function managedHistoryVerbs(managed: ManagedDomain): Part<Snapshots | Trash | Differences> {
  return { ...snapshotVerbs(managed), ...trashVerbs(managed), ...differenceVerbs(managed) };
}

function snapshotVerbs(managed: ManagedDomain): Part<Snapshots> {
  return {
    snapshot: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../snapshots/take.ts')).snapshot(managed, name, request),
      ),
    snapshots: (name) =>
      guard(name, async () => {
        checkManagedName(name);
        const { snapshotSummaries } = await import('../snapshots/kept-states.ts');
        return await snapshotSummaries(await managed.manager(), name);
      }),
    snapshotBytes: (name) =>
      guard(name, async () => {
        checkManagedName(name);
        return await (await import('../snapshots/sizes.ts')).snapshotBytes(managed, name);
      }),
    restore: (name, snapshot, work) =>
      guardWork(name, work, async () =>
        (await import('../snapshots/restore.ts')).restore(managed, name, snapshot, work),
      ),
    removeSnapshots: (name, names, { now }, work = quietWork) =>
      guard(name, async () =>
        (await import('../snapshots/remove.ts')).removeSnapshots(managed, name, names, now, work),
      ),
    takeDueSnapshots: (work) =>
      guardWork(undefined, work, async () =>
        (await import('../snapshots/due.ts')).takeDueSnapshots(managed, work),
      ),
  };
}

function trashVerbs(managed: ManagedDomain): Part<Trash> {
  return {
    trash: () => guard(undefined, async () => (await import('../trash/trash.ts')).trash(managed)),
    restoreFromTrash: (entry, { as }, work = quietWork) =>
      guardWork(entry, work, async () =>
        (await import('../trash/bring-back.ts')).restoreFromTrash(managed, entry, as, work),
      ),
    emptyTrash: (chosen, work = quietWork) =>
      guard(undefined, async () => (await import('../trash/trash.ts')).emptyTrash(managed, chosen, work)),
    undo: (work) =>
      guardWork(undefined, work, async () => (await import('../trash/undo.ts')).undo(managed, work)),
    undoCommand: (id, work) =>
      guardWork(undefined, work, async () =>
        (await import('../trash/undo.ts')).undoCommand(managed, id, work),
      ),
  };
}

function differenceVerbs(managed: ManagedDomain): Part<Differences> {
  return {
    diff: (from, to, below) =>
      guardEach(from, async function* () {
        yield* (await import('../files/diff.ts')).diff(managed, from, to, below);
      }),
    diffFile: (from, to, path) =>
      guard(from, async () => (await import('../files/diff.ts')).diffFile(managed, from, to, path)),
    revert: (name, paths, from, work) =>
      guardWork(name, work, async () =>
        (await import('../files/revert.ts')).revert(managed, name, paths, from, work),
      ),
  };
}
