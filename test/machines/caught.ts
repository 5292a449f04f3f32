import { MachineError } from '../../src/machines/errors.ts';

/** The MachineError that `work` throws; anything else, or nothing, fails the test. */
export async function caught(work: () => unknown): Promise<MachineError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof MachineError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was thrown');
}
