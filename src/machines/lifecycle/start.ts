/** start: nothing is written but the journal's line; the kernel knows the rest. */
import { applyDiskLimit } from '../disk-limit.ts';
import { type Domain, record } from '../domain.ts';
import type { MachineEvent } from '../events.ts';
import { cancelRestart } from '../restarting/pending.ts';
import type { StoredMachine } from '../spec.ts';
import { step } from '../store/crash-points.ts';
import { loadMachine } from '../store/store.ts';
import { wrongState } from './settle.ts';
import { settleEnding } from './settle-ending.ts';
import { withMachines } from './with-machines.ts';

/** False: with `ifNeeded`, it ran already. */
export function start(domain: Domain, name: string, ifNeeded: boolean): Promise<boolean> {
  return withMachines(domain, [name], () => startLocked(domain, loadMachine(domain.paths, name), ifNeeded));
}

/** The caller holds the lock. */
export async function startLocked(
  domain: Domain,
  machine: StoredMachine,
  ifNeeded: boolean,
  details: MachineEvent['details'] = {},
): Promise<boolean> {
  const status = await settleEnding(domain, machine);
  if (ifNeeded && (status.state === 'running' || status.state === 'starting')) {
    return false;
  }
  if (status.state === 'running') {
    const hint = `to start it anew: tsmachine restart ${machine.name}; with --if-needed this is no error`;
    throw wrongState(machine.name, 'running', 'it is running already', hint);
  }
  if (status.state !== 'stopped') {
    throw wrongState(machine.name, status.state, `it is ${status.state} already`);
  }
  cancelRestart(domain, machine.name);
  await applyDiskLimit(domain, machine);
  step('start', 1);
  const { pid } = await domain.backend.start(machine.handle);
  step('start', 2);
  record(domain, machine.name, 'started', { pid, ...details });
  step('start', 3);
  return true;
}
