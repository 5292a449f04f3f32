import type { MachineHandle, MachineSpec } from '../../backend.ts';
import { type Operation, operation } from '../operations.ts';
import { overlayDirectories, treeRoot } from '../storage/places.ts';

export const ROOT_SLOT = 'root';

/** Whether a mount carries the machine's id map: ids on disk are then the machine's own, whatever its host range. */
export function mapping(spec: MachineSpec): 'mapped' | 'plain' {
  return spec.privileged ? 'plain' : 'mapped';
}

/** What the machine's root file system is: layers under its changes, or one tree of its own. */
export function rootMount(machine: MachineHandle): Operation {
  const { driver, layers } = machine.spec.storage;
  const map = mapping(machine.spec);
  return driver === 'overlay'
    ? operation('overlay', ROOT_SLOT, map, overlayDirectories(machine).storage, ...layers)
    : operation('tree', ROOT_SLOT, map, 'read-write', treeRoot(machine));
}
