/**
 * Reads the list of machines into the store. One reading at a time, and who asks meanwhile gets a new one after it: an older list never
 * comes after a newer one.
 */
import type { Machines } from '../../machines/machines.ts';
import type { Store } from './store.ts';

/** Resolves when a list that was asked for after the call is in the store, or could not be read. */
export type ReadList = () => Promise<void>;

/** @param signal what is read when nobody looks any more is dropped */
export function createListReader(
  machines: Machines,
  store: Store,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): ReadList {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    try {
      const list = await machines.list();
      if (!signal.aborted) store.tell({ type: 'machines', machines: list });
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
  };
  const begin = (): Promise<void> => {
    running = read().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return begin();
    next ??= running.then(() => {
      next = undefined;
      return running ?? begin();
    });
    return next;
  };
}
