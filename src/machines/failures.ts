/** Failures, which a deed may go on without, are told from mistakes of ours, which nobody passes over. */
import { BackendError } from '../backends/backend-error.ts';
import { isSystemError } from './error-conversion.ts';
import { MachineError } from './errors.ts';

/** What the host, a manager or a person does to a deed; anything else is a mistake in the program. */
export function isFailure(error: unknown): boolean {
  if (error instanceof MachineError || error instanceof BackendError) return true;
  return isSystemError(error) || (error instanceof Error && error.name === 'AbortError');
}

/** Of what need not succeed. @param signal whoever aborts it may say any reason. @throws what is no failure */
export function passOver(error: unknown, signal?: AbortSignal): void {
  if (!isFailure(error) && signal?.aborted !== true) throw error;
}
