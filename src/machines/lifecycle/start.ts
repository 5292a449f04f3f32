/** start: nothing is written but the journal's line; the kernel knows the rest. */
import type { EndWatch } from '../../backends/backend.ts';
import { type Domain, record } from '../domain.ts';
import type { StoredMachine } from '../spec.ts';
import { step } from '../store/crash-points.ts';
import { loadMachine } from '../store/store.ts';
import { withEndWatch } from './end-watch.ts';
import { settle, wrongState } from './settle.ts';
import { withMachines } from './with-machines.ts';

/** How long a start waits for a machine that is just going down by itself. */
const ENDING_MS = 10_000;

export async function start(domain: Domain, name: string, ifNeeded: boolean): Promise<void> {
  await withMachines(domain, [name], async () => {
    await startLocked(domain, loadMachine(domain.paths, name), ifNeeded);
  });
}

function untilDownOrAgain(watch: EndWatch): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const again = async () => resolve(undefined);
    watch.ended(ENDING_MS, again).then(resolve, reject);
  });
}

/** The caller holds the lock. */
export async function startLocked(domain: Domain, machine: StoredMachine, ifNeeded: boolean): Promise<void> {
  let { status } = await settle(domain, machine);
  if (status.state === 'stopping') {
    await withEndWatch(domain, machine, untilDownOrAgain);
    ({ status } = await settle(domain, machine));
  }
  if (ifNeeded && (status.state === 'running' || status.state === 'starting')) {
    return;
  }
  if (status.state !== 'stopped') {
    throw wrongState(machine.name, status.state, `it is ${status.state} already`);
  }
  step('start', 1);
  const { pid } = await domain.backend.start(machine.handle);
  step('start', 2);
  record(domain, machine.name, 'started', { pid });
  step('start', 3);
}
