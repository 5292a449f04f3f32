import { BackendError, type MachineHandle } from '../../backend.ts';

/** The one layer that a whole tree can be made from: only overlay puts several on top of each other. */
export function onlyLayer({ spec }: MachineHandle): string {
  const [layer, ...others] = spec.storage.layers;
  if (layer !== undefined && others.length === 0) return layer;
  throw new BackendError(
    'unsupported',
    `storage ${spec.storage.driver} begins with one layer, and here are ${spec.storage.layers.length}`,
    { hint: 'Create the machine with --storage overlay.' },
  );
}
