import { BackendError, type MachineHandle, type MachineSpec } from '../../backend.ts';
import { type Operation, operation } from '../operations.ts';

export const ROOT_SLOT = 'root';

/** Whether a mount carries the machine's id map: ids on disk are then the machine's own, whatever its host range. */
export function mapping(spec: MachineSpec): 'mapped' | 'plain' {
  return spec.privileged ? 'plain' : 'mapped';
}

export function rootOverlay(machine: MachineHandle): readonly Operation[] {
  const { storage } = machine.spec;
  if (storage.driver !== 'overlay') {
    throw new BackendError('unsupported', `storage '${storage.driver}' is not there yet`, {
      hint: 'Create the machine with --storage overlay.',
    });
  }
  return [
    operation('overlay', ROOT_SLOT, mapping(machine.spec), `${machine.directory}/storage`, ...storage.layers),
  ];
}
