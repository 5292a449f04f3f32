/** Which storage driver a new machine gets. */
import { BackendError } from '../../backends/backend.ts';
import type { StorageDriverName } from '../../backends/machine-spec.ts';
import type { Domain } from '../domain.ts';

/** In this order, if nobody says otherwise: the first one needs nothing but a common disk, the last one works everywhere. */
const tried: readonly StorageDriverName[] = ['overlay', 'dir'];

/**
 * What was asked for, or the first one that works here; `say` is told if that is not the usual one.
 * @throws BackendError 'unsupported' if what was asked for does not work here, or none does
 */
export async function chooseStorage(
  { backend: { storage } }: Domain,
  asked: StorageDriverName | undefined,
  say: (sentence: string) => void,
): Promise<StorageDriverName> {
  if (asked !== undefined) {
    await storage.requireDriver(asked);
    return asked;
  }
  let first: BackendError | undefined;
  for (const driver of tried) {
    try {
      await storage.requireDriver(driver);
      if (first !== undefined) say(`${first.message}; ${driver} is used`);
      return driver;
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== 'unsupported') throw error;
      first ??= error;
    }
  }
  throw first ?? new BackendError('unsupported', 'no storage can be used');
}
