/** What was destroyed, and how it comes back. */
import type { Domain } from '../domain.ts';
import { guard, guardWork } from '../guards.ts';
import { trash } from '../trash/list.ts';
import { quietWork } from '../work/quiet-work.ts';
import type { Part } from './part.ts';

type Trash = 'trash' | 'restoreFromTrash' | 'emptyTrash' | 'undo' | 'undoCommand';

export function trashVerbs(domain: Domain): Part<Trash> {
  return {
    trash: () => guard(undefined, () => trash(domain)),
    restoreFromTrash: (entry, { as }, work = quietWork) =>
      guardWork(entry, work, async () =>
        (await import('../trash/bring-back.ts')).restoreFromTrash(domain, entry, as, work),
      ),
    emptyTrash: (chosen, work = quietWork) =>
      guard(undefined, async () => (await import('../trash/empty.ts')).emptyTrash(domain, chosen, work)),
    undo: (work) =>
      guardWork(undefined, work, async () => (await import('../trash/undo.ts')).undo(domain, work)),
    undoCommand: (id, work) =>
      guardWork(undefined, work, async () =>
        (await import('../trash/undo.ts')).undoCommand(domain, id, work),
      ),
  };
}
