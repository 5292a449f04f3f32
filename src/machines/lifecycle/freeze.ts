/** freeze and unfreeze: done when the kernel says so. */
import { type Domain, record } from '../domain.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine } from '../store/store.ts';

const TIMEOUT_MS = 10_000;

export async function freeze(domain: Domain, name: string): Promise<void> {
  await withMachines(
    domain,
    [name],
    async () => {
      const machine = loadMachine(domain.paths, name);
      const { status } = await settle(domain, machine);
      if (status.state === 'frozen') {
        throw wrongState(name, status.state, 'it is frozen already', null);
      }
      if (status.state !== 'running') {
        throw wrongState(name, status.state);
      }
      await domain.backend.freeze(machine.handle, TIMEOUT_MS);
      record(domain, name, 'frozen');
    },
    { writesNothing: true },
  );
}

export async function unfreeze(domain: Domain, name: string): Promise<void> {
  await withMachines(
    domain,
    [name],
    async () => {
      const machine = loadMachine(domain.paths, name);
      const { status } = await settle(domain, machine);
      if (status.state !== 'frozen' && status.state !== 'freezing') {
        throw wrongState(name, status.state, `the machine is not frozen, it is ${status.state}`, null);
      }
      await domain.backend.unfreeze(machine.handle, TIMEOUT_MS);
      record(domain, name, 'unfrozen');
    },
    { writesNothing: true },
  );
}
