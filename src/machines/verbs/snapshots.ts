/** Snapshots: taken, listed, restored, removed. */
import type { Domain } from '../domain.ts';
import { guard, guardWork } from '../guards.ts';
import { snapshots } from '../snapshots/list.ts';
import { quietWork } from '../work/quiet-work.ts';
import type { Part } from './part.ts';

type Snapshots =
  | 'snapshot'
  | 'snapshots'
  | 'snapshotBytes'
  | 'restore'
  | 'removeSnapshots'
  | 'takeDueSnapshots';

export function snapshotVerbs(domain: Domain): Part<Snapshots> {
  return {
    snapshot: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../snapshots/take.ts')).snapshot(domain, name, request),
      ),
    snapshots: (name) => guard(name, () => snapshots(domain, name)),
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
  };
}
