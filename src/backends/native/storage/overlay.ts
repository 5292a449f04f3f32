/** Where an overlay machine keeps what it changes. */
import { BackendError, type MachineHandle } from '../../backend.ts';

export interface OverlayDirectories {
  /** Holds the other two: overlayfs wants them on one mount. */
  readonly storage: string;
  readonly upper: string;
  readonly work: string;
}

/** @throws BackendError 'unsupported' for a driver that is not there yet */
export function overlayDirectories({ spec, directory }: MachineHandle): OverlayDirectories {
  if (spec.storage.driver !== 'overlay') {
    throw new BackendError('unsupported', `storage '${spec.storage.driver}' is not there yet`, {
      hint: 'Create the machine with --storage overlay.',
    });
  }
  const storage = `${directory}/storage`;
  return { storage, upper: `${storage}/upper`, work: `${storage}/work` };
}
