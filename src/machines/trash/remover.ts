/** The deletion of several trees for good, told of as one piece of work. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';

export interface Remover {
  readonly work: StorageWork;
  /** `later`: what goes after it, as far as it is known. Throws the signal's reason when it was broken off; a part of the tree is left then. */
  readonly remove: (path: string, later?: readonly string[]) => Promise<void>;
}

/** The total is that of who is looked at last: what has gone, what is left of it, and all that comes later. */
export function createRemover({ backend }: Domain, work: StorageWork): Remover {
  let before = 0;
  let total: number | undefined;
  return {
    work,
    async remove(path, later = []) {
      let done = 0;
      const progress: StorageWork['progress'] = (step) => {
        done = step.done;
        if (step.total !== undefined) total = before + step.total;
        work.progress({ ...step, done: Math.min(before + done, total ?? Number.POSITIVE_INFINITY), total });
      };
      await backend.storage.remove(path, { progress, signal: work.signal, later });
      before += done;
    },
  };
}

/** Nothing of a deletion is undone: `state` says what stays, and who finishes what was begun. */
export function brokenOff(state: string, cause: unknown, hint?: string): MachineError {
  return new MachineError('failed', `interrupted; ${state}`, { cause, hint, tellsWhatIsLeft: true });
}

/** For who has begun to delete something of the trash. */
export const FINISHED_BY = 'the next command that changes a machine deletes it, or `tsmachine trash empty`';
