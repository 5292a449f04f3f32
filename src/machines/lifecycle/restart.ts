/** restart: stop and start under one lock, so that no other command comes between. */
import type { Domain } from '../domain.ts';
import type { StopOptions, StopOutcome } from '../stopping.ts';
import { loadMachine } from '../store/store.ts';
import { startLocked } from './start.ts';
import { stopLocked } from './stop.ts';
import { withMachines } from './with-machines.ts';

export async function restart(domain: Domain, name: string, options: StopOptions): Promise<StopOutcome> {
  return withMachines(domain, [name], async () => {
    const machine = loadMachine(domain.paths, name);
    const outcome = await stopLocked(domain, machine, options);
    await startLocked(domain, machine, false);
    return outcome;
  });
}
