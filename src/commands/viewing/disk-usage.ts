import { MachineError } from '../../machines/errors.ts';
import type { DiskUsage, Machines } from '../../machines/machines.ts';

/** Null if it cannot be told, for example of a machine that goes just now: that is no reason to show nothing else. */
export async function diskUsageOf(machines: Machines, name: string): Promise<DiskUsage | null> {
  try {
    return await machines.diskUsage(name);
  } catch (error) {
    if (error instanceof MachineError) return null;
    throw error;
  }
}
