/** What a machine is at, when it is not what a command needs. */
import type { MachineStatus } from '../../../backends/backend.ts';
import { MachineError } from '../../errors.ts';
import { wrongState } from '../../recovery/settle.ts';

/** As `wrongState` of native machines; a unit that failed in a way that leaves neither a machine nor none is told as it is. */
export function notInState(
  name: string,
  status: MachineStatus,
  words?: string,
  hint?: string | null,
): MachineError {
  if (status.state === 'error') {
    return new MachineError('failed', status.reason, { subject: name, hint: 'see `tsmachine doctor`' });
  }
  return hint === undefined
    ? wrongState(name, status.state, words)
    : wrongState(name, status.state, words, hint);
}
