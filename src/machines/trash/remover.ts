/** The deletion of several trees for good, told of as one piece of work. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';

export interface Remover {
  readonly work: StorageWork;
  /** Throws the signal's reason when it was broken off; a part of the tree is left then. */
  readonly remove: (path: string) => Promise<void>;
}

/** `total`: bytes on disk of all that will go, if they were measured before. Nothing is looked through for it: that takes as long. */
export function createRemover({ backend }: Domain, work: StorageWork, total?: number): Remover {
  let before = 0;
  return {
    work,
    async remove(path) {
      let done = 0;
      const progress: StorageWork['progress'] = (step) => {
        done = step.done;
        work.progress({ ...step, done: Math.min(before + done, total ?? Number.POSITIVE_INFINITY), total });
      };
      await backend.storage.remove(path, { progress, signal: work.signal });
      before += done;
    },
  };
}

/** Nothing of a deletion is undone: `state` says what stays, and who finishes what was begun. */
export function brokenOff(state: string, cause: unknown, hint?: string): MachineError {
  return new MachineError('failed', `interrupted; ${state}`, { cause, hint });
}

/** For who has begun to delete something of the trash. */
export const FINISHED_BY = 'the next command that changes a machine deletes it, or `tsmachine trash empty`';
