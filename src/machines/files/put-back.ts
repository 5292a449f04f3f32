/** What putting paths back is, whoever keeps the machine: one after the other, and what is said when it cannot be. */
import type { StorageWork } from '../../backends/storage.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { wrongState } from '../recovery/settle.ts';

/** Each by itself is put back, or is what it was. */
export async function putBackEach(
  paths: readonly string[],
  work: StorageWork,
  putBack: (path: string, work: StorageWork) => Promise<void>,
  onDone: (path: string) => void = () => {},
): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const part = { noun: 'path', number: index + 1, of: paths.length } as const;
    const progress: StorageWork['progress'] = (step) => work.progress({ ...step, part });
    await putBack(path, { ...work, progress });
    onDone(path);
  }
}

export function notStopped(name: string, state: Parameters<typeof wrongState>[1]): MachineError {
  const words = `files are put back in a stopped machine; this one is ${state}`;
  return wrongState(name, state, words, `stop it first: tsmachine stop ${name}`);
}

/** Of what failed because of `cause`, and neither could be undone: `entry` of the trash has what was. */
export function notTakenBack(name: string, entry: string, cause: unknown): MachineError {
  const error = toMachineError(cause, name);
  const words = `${error.message}; and what was put back before could not be undone`;
  return new MachineError(error.code, words, {
    ...error,
    hint: `nothing is lost: tsmachine trash restore ${entry}`,
    cause,
  });
}
