/** The stored limit of disk space (disk.max), put on the files. A start does it too, so that it holds wherever they came from. */
import type { MachineConfig } from '../config/config-schema.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { saveConfig } from '../store/store.ts';

export async function applyDiskLimit(
  { backend }: Domain,
  { handle, config }: Pick<StoredMachine, 'handle' | 'config'>,
): Promise<void> {
  if (config.disk !== undefined) await backend.storage.limitDisk(handle, config.disk.maxBytes);
}

/** Throws `unsupported` if the storage cannot hold to it. */
export async function requireDiskLimit({ backend }: Domain, { storage, disk }: MachineConfig): Promise<void> {
  if (disk !== undefined) await backend.storage.requireDriver(storage.driver, { limitsDisk: true });
}

/**
 * Stores the config with its limit, or neither. Dead in the middle, what the config says is what the next start makes true: so a limit
 * comes after it and goes before it.
 */
export async function saveWithDiskLimit(
  domain: Domain,
  before: StoredMachine | undefined,
  next: StoredMachine,
): Promise<void> {
  const { storage } = domain.backend;
  const { handle, config } = next;
  const isSame = before !== undefined && before.config.disk?.maxBytes === config.disk?.maxBytes;
  await requireDiskLimit(domain, config);
  if (!isSame && config.disk === undefined) await storage.limitDisk(handle, 'max');
  saveConfig(handle.directory, config);
  if (isSame) return;
  try {
    await applyDiskLimit(domain, next);
  } catch (error) {
    if (before !== undefined) saveConfig(handle.directory, before.config);
    throw error;
  }
}
