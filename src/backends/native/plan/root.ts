import type { MachineHandle, MachineSpec } from '../../backend.ts';
import { type Operation, operation } from '../operations.ts';
import { overlayDirectories } from '../storage/overlay.ts';

export const ROOT_SLOT = 'root';

/** Whether a mount carries the machine's id map: ids on disk are then the machine's own, whatever its host range. */
export function mapping(spec: MachineSpec): 'mapped' | 'plain' {
  return spec.privileged ? 'plain' : 'mapped';
}

export function rootOverlay(machine: MachineHandle): readonly Operation[] {
  const { storage } = overlayDirectories(machine);
  const { layers } = machine.spec.storage;
  return [operation('overlay', ROOT_SLOT, mapping(machine.spec), storage, ...layers)];
}
