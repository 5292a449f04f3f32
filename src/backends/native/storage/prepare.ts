/** The writable part of a machine's storage. */
import { chmod, mkdir } from 'node:fs/promises';
import type { MachineHandle } from '../../backend.ts';
import { writeIdentity } from './identity.ts';
import { overlayDirectories } from './overlay.ts';
import { storageError } from './storage-error.ts';

/**
 * Makes the directories and the identity files of a new machine. Nothing is cleaned up on failure: the domain
 * removes the whole of `machine.directory`.
 * @throws BackendError 'unsupported' for a driver that is not there yet; 'permission' or 'failed' with the kernel's word
 */
export async function prepareStorage(machine: MachineHandle): Promise<void> {
  const { storage, upper, work } = overlayDirectories(machine);
  await makeDirectory(storage, 0o700);
  // The root directory of the machine takes owner and mode from here.
  await makeDirectory(upper, 0o755);
  await makeDirectory(work, 0o700);
  await writeIdentity(machine);
}

async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path);
    // The caller's umask has no say in it.
    await chmod(path, mode);
  } catch (cause) {
    throw storageError('make', path, cause);
  }
}
