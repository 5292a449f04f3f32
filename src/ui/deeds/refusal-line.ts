/** Why there was nothing to do, where a line at the bottom can hold it: nobody has to close a dialog for it. Pure. */
import { MachineError } from '../../machines/errors.ts';
import { widthOf } from '../row-text.ts';
import type { Deed } from './deed.ts';

/**
 * "cannot stop web: it is not running", with what to do about it if there is room. Undefined: a dialog has to say it.
 * @param attempt "stop web"
 * @param room cells
 */
export function refusalLine(error: unknown, deed: Deed, attempt: string, room: number): string | undefined {
  if (!(error instanceof MachineError) || error.code !== 'wrong-state') return undefined;
  // Something cannot be taken back: what can be done instead is not left out.
  if (deed.verb === 'undo' && error.subject !== undefined) return undefined;
  const reason = `cannot ${attempt}: ${error.message}`;
  const whole = error.hint === undefined ? reason : `${reason}; ${error.hint}`;
  return [whole, reason].find((line) => widthOf(line) <= room);
}
