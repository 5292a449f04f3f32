/** Kept states of files: snapshots, clones, archives, the trash; and what differs between them. */
import type { Domain } from '../domain.ts';
import { guard, guardEach, guardNow, guardWork } from '../guards.ts';
import { quietWork } from '../quiet-work.ts';
import { snapshots } from '../snapshots/list.ts';
import { trash } from '../trash/list.ts';
import type { Part } from './part.ts';

type KeptFiles =
  | 'snapshot'
  | 'snapshots'
  | 'snapshotBytes'
  | 'restore'
  | 'removeSnapshots'
  | 'takeDueSnapshots'
  | 'clone'
  | 'exportMachine'
  | 'importMachine'
  | 'trash'
  | 'restoreFromTrash'
  | 'emptyTrash'
  | 'undo'
  | 'diff'
  | 'diffFile'
  | 'revert'
  | 'diskUsage'
  | 'layerSizes'
  | 'relatives';

export function keptFilesVerbs(domain: Domain): Part<KeptFiles> {
  return {
    snapshot: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../snapshots/take.ts')).snapshot(domain, name, request),
      ),
    snapshots: (name) => guardNow(name, () => snapshots(domain, name)),
    snapshotBytes: (name) =>
      guard(name, async () => (await import('../snapshots/sizes.ts')).snapshotBytes(domain, name)),
    restore: (name, snapshot, work) =>
      guardWork(name, work, async () =>
        (await import('../snapshots/restore.ts')).restore(domain, name, snapshot, work),
      ),
    removeSnapshots: (name, names, { now }, work = quietWork) =>
      guard(name, async () =>
        (await import('../snapshots/remove.ts')).removeSnapshots(domain, name, names, now, work),
      ),
    takeDueSnapshots: (work) =>
      guardWork(undefined, work, async () =>
        (await import('../snapshots/due.ts')).takeDueSnapshots(domain, work),
      ),
    clone: (source, newName, request) =>
      guardWork(source, request, async () =>
        (await import('../lifecycle/clone.ts')).clone(domain, source, newName, request),
      ),
    exportMachine: (source, request) =>
      guardWork(source, request, async () =>
        (await import('../transfer/export.ts')).exportMachine(domain, source, request),
      ),
    importMachine: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../transfer/import.ts')).importMachine(domain, request),
      ),
    trash: () => guardNow(undefined, () => trash(domain)),
    restoreFromTrash: (entry, { as }, work = quietWork) =>
      guardWork(entry, work, async () =>
        (await import('../trash/bring-back.ts')).restoreFromTrash(domain, entry, as, work),
      ),
    emptyTrash: (chosen, work = quietWork) =>
      guard(undefined, async () => (await import('../trash/empty.ts')).emptyTrash(domain, chosen, work)),
    undo: (work) =>
      guardWork(undefined, work, async () => (await import('../trash/undo.ts')).undo(domain, work)),
    diff: (from, to, below) =>
      guardEach(from, async function* () {
        yield* (await import('../files/diff.ts')).diff(domain, from, to, below);
      }),
    diffFile: (from, to, path) =>
      guard(from, async () => (await import('../files/diff.ts')).diffFile(domain, from, to, path)),
    revert: (name, paths, from, work) =>
      guardWork(name, work, async () =>
        (await import('../files/revert.ts')).revert(domain, name, paths, from, work),
      ),
    diskUsage: (name) =>
      guard(name, async () => (await import('../layers/disk-usage.ts')).diskUsage(domain, name)),
    layerSizes: (name) =>
      guard(name, async () => (await import('../layers/layer-sizes.ts')).layerSizes(domain, name)),
    relatives: (name) =>
      guard(name, async () => (await import('../layers/relatives.ts')).relatives(domain, name)),
  };
}
