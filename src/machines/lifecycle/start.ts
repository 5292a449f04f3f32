/** start: nothing is written but the journal's line; the kernel knows the rest. */
import { applyDiskLimit } from '../disk-limit.ts';
import { type Domain, record } from '../domain.ts';
import type { StoredMachine } from '../spec.ts';
import { step } from '../store/crash-points.ts';
import { loadMachine } from '../store/store.ts';
import { wrongState } from './settle.ts';
import { settleEnding } from './settle-ending.ts';
import { withMachines } from './with-machines.ts';

export async function start(domain: Domain, name: string, ifNeeded: boolean): Promise<void> {
  await withMachines(domain, [name], async () => {
    await startLocked(domain, loadMachine(domain.paths, name), ifNeeded);
  });
}

/** The caller holds the lock. */
export async function startLocked(domain: Domain, machine: StoredMachine, ifNeeded: boolean): Promise<void> {
  const status = await settleEnding(domain, machine);
  if (ifNeeded && (status.state === 'running' || status.state === 'starting')) {
    return;
  }
  if (status.state !== 'stopped') {
    throw wrongState(machine.name, status.state, `it is ${status.state} already`);
  }
  await applyDiskLimit(domain, machine);
  step('start', 1);
  const { pid } = await domain.backend.start(machine.handle);
  step('start', 2);
  record(domain, machine.name, 'started', { pid });
  step('start', 3);
}
