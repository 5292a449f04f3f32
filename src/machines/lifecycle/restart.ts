/** restart: stop and start under one lock, so that no other command comes between. */
import type { Domain } from '../domain.ts';
import { loadMachine } from '../store/store.ts';
import { startLocked } from './start.ts';
import { stopLocked } from './stop.ts';
import { withMachines } from './with-machines.ts';

export async function restart(domain: Domain, name: string, timeoutSeconds: number): Promise<void> {
  await withMachines(domain, [name], async () => {
    const machine = loadMachine(domain.paths, name);
    await stopLocked(domain, machine, timeoutSeconds);
    await startLocked(domain, machine, false);
  });
}
