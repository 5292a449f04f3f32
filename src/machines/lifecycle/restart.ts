/** restart: stop and start under one lock, so that no other command comes between. */
import type { Domain } from '../domain.ts';
import { withMachines } from '../recovery/with-machines.ts';
import type { StopOptions, StopOutcome } from '../stopping.ts';
import { loadMachine } from '../store/store.ts';
import { finishFirstBoot, startLocked } from './start.ts';
import { stopLocked } from './stop.ts';

export async function restart(domain: Domain, name: string, options: StopOptions): Promise<StopOutcome> {
  const outcome = await withMachines(domain, [name], async () => {
    const machine = loadMachine(domain.paths, name);
    const stopped = await stopLocked(domain, machine, options);
    await startLocked(domain, machine, false);
    return stopped;
  });
  await finishFirstBoot(domain, name);
  return outcome;
}
