/** All that is told of one machine, looked up at once: what `info` and the dashboard show. */
import type { Inspection } from '../../backends/inspection.ts';
import { MachineError } from '../errors.ts';
import type { DiskUsage, LayerSize, MachineDetails, Machines } from '../machines.ts';

export interface ShownMachine extends MachineDetails {
  /** Null unless it runs. */
  readonly inspection: Inspection | null;
  /** Null: it is not known. */
  readonly disk: DiskUsage | null;
  /** Top first. */
  readonly layers: readonly LayerSize[];
  /** The one that the present files go on from. */
  readonly currentSnapshot: string | null;
}

export async function lookAt(machines: Machines, name: string): Promise<ShownMachine> {
  const details = await machines.info(name);
  const [inspection, disk, layers, currentSnapshot] = await Promise.all([
    machines.inspect(name),
    diskUsageOf(machines, name),
    layersOf(machines, details),
    findCurrent(machines, details),
  ]);
  return { ...details, inspection, disk, layers, currentSnapshot };
}

/** Null if it cannot be told, for example of a machine that goes just now: that is no reason to show nothing else. */
export async function diskUsageOf(machines: Machines, name: string): Promise<DiskUsage | null> {
  try {
    return await machines.diskUsage(name);
  } catch (error) {
    if (error instanceof MachineError) return null;
    throw error;
  }
}

/** As of the disk: what cannot be measured is no reason to show nothing else. */
async function layersOf(machines: Machines, { name, config }: MachineDetails): Promise<readonly LayerSize[]> {
  try {
    return await machines.layerSizes(name);
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return config.storage.layers.map((id) => ({ id, bytes: null }));
  }
}

async function findCurrent(machines: Machines, { name, snapshots }: MachineDetails): Promise<string | null> {
  if (snapshots === 0) return null;
  return (await machines.snapshots(name)).find(({ current }) => current)?.name ?? null;
}
