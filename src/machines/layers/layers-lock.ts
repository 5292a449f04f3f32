/**
 * The lock of all layers. Whoever takes away or moves a file that names layers holds it meanwhile, and so does who looks for
 * layers that nothing names: what he sees stays true until he has acted. To copy a name no more is needed than the lock of
 * a machine that has it. It is held for a few renames, never for the deletion of files, and taken after machines' locks.
 */
import type { Domain } from '../domain.ts';
import { lockNames } from '../store/lock.ts';

/** No machine has a dot in its name. */
const LAYERS_LOCK = 'all.layers';

export function withLayersLock<T>(domain: Domain, work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(() => underLock(domain, work));
  lastTurn = turn.catch(() => {});
  return turn;
}

/** A command that works on many machines at once waits here for itself: only other commands make it busy. */
let lastTurn: Promise<unknown> = Promise.resolve();

async function underLock<T>({ paths, lock, lockWaitMs }: Domain, work: () => Promise<T>): Promise<T> {
  const locks = await lockNames(paths.locks, lock, [LAYERS_LOCK], lockWaitMs);
  try {
    return await work();
  } finally {
    locks.release();
  }
}
