/** freeze and unfreeze: done when the kernel says so. */

import { requireMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { notInState } from './wrong-state.ts';

const TIMEOUT_MS = 10_000;

export async function freeze(managed: ManagedDomain, name: string): Promise<void> {
  await withManaged(managed, [name], async (manager) => {
    const { status } = await requireMachine(manager, name);
    if (status.state === 'frozen') throw notInState(name, status, 'it is frozen already', null);
    if (status.state !== 'running') throw notInState(name, status);
    await manager.life.freeze(name, TIMEOUT_MS);
    tell(managed, name, 'frozen');
  });
}

export async function unfreeze(managed: ManagedDomain, name: string): Promise<void> {
  await withManaged(managed, [name], async (manager) => {
    const { status } = await requireMachine(manager, name);
    if (status.state !== 'frozen' && status.state !== 'freezing') {
      throw notInState(name, status, `the machine is not frozen, it is ${status.state}`, null);
    }
    await manager.life.unfreeze(name, TIMEOUT_MS);
    tell(managed, name, 'unfrozen');
  });
}
