/** What comes after an image has its name: if it fails there is no machine. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';

export async function undoing(
  manager: Manager,
  name: string,
  work: StorageWork,
  deed: () => Promise<void>,
): Promise<void> {
  try {
    await deed();
  } catch (error) {
    await manager.images.remove(name, { ...work, signal: new AbortController().signal });
    throw error;
  }
}
