/** How large an image may become. */
import { BackendError } from '../../backend-error.ts';
import type { Machine1 } from '../machine1.ts';

/** @throws BackendError `unsupported` for what is no subvolume of a btrfs: machined limits those alone, by their quota group */
export async function setSizeLimit(machine1: Machine1, name: string, bytes: number | 'max'): Promise<void> {
  try {
    await machine1.setImageLimit(name, bytes === 'max' ? null : bytes);
  } catch (error) {
    if (!(error instanceof BackendError && error.code === 'unsupported')) throw error;
    throw new BackendError(
      'unsupported',
      `the image ${name} is no subvolume of a btrfs, which alone can be limited`,
      {
        hint: 'a clone of a directory is one, if /var/lib/machines lies on btrfs; a disk image is as large as it was made',
        cause: error,
      },
    );
  }
}
