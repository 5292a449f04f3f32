/** What must hold of a machine before something is done to it. */
import { existsSync } from 'node:fs';
import { BackendError, type MachineHandle, type MachineStatus } from '../../backend.ts';
import { collect } from './collect.ts';
import type { HostView } from './status.ts';

/** @throws BackendError 'not-running' */
export function requireInit(
  machine: MachineHandle,
  status: MachineStatus,
): Extract<MachineStatus, { readonly pid: number }> {
  if ('pid' in status) return status;
  throw new BackendError('not-running', `${machine.spec.name} is not running, it is ${status.state}`, {
    hint: `Start it: tsmachine start ${machine.spec.name}`,
  });
}

/** @throws BackendError 'frozen': a command in it would hang until the thaw */
export function refuseFrozen(name: string, state: MachineStatus['state']): void {
  if (state !== 'frozen' && state !== 'freezing') return;
  throw new BackendError('frozen', `${name} is ${state}: nothing can run in it`, {
    hint: `Thaw it first: tsmachine unfreeze ${name}`,
  });
}

/**
 * Leaves nothing of an earlier run in the way of a start. The caller holds the machine's lock.
 * @throws BackendError 'already-running', 'timeout', 'busy'
 */
export async function clearForStart(
  machine: MachineHandle,
  status: MachineStatus,
  host: HostView,
): Promise<void> {
  if (status.state !== 'stopped' && status.state !== 'error') {
    throw new BackendError('already-running', `${machine.spec.name} is already ${status.state}`);
  }
  if (status.state === 'error' || existsSync(machine.runDirectory)) await collect(machine, host);
}
