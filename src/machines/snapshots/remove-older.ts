import type { StorageWork } from '../../backends/storage.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { SnapshotRequest } from '../machines.ts';
import type { SurplusRule } from './surplus-rule.ts';

/** After one was `taken`. What has expired can go another time; what is over the number to keep was asked for. */
export async function removeOlder(
  machine: string,
  taken: string,
  { keep, progress, signal }: SnapshotRequest,
  removeSurplus: (rule: SurplusRule, work: StorageWork) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await removeSurplus({ keep, spare: [taken] }, { progress, signal });
  } catch (cause) {
    if (keep === undefined) return [];
    const error = toMachineError(cause, machine);
    const words = `snapshot ${taken} was taken, but older ones could not be removed: ${error.message}`;
    throw new MachineError(error.code, words, { ...error, cause });
  }
}
