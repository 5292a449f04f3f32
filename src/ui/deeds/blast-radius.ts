/** What a machine takes with it when it goes: said before it is destroyed. */
import type { Machines, SnapshotSummary } from '../../machines/machines.ts';
import { visible } from '../../presentation/plain-text.ts';
import { formatDistance } from '../../presentation/units.ts';

export interface Radius {
  readonly name: string;
  readonly state: string;
  readonly running: boolean;
  readonly snapshots: readonly SnapshotSummary[];
  /** Consoles and waiting commands; null: it is not known. */
  readonly clients: number | null;
}

/** @throws MachineError */
export async function blastRadius(machines: Machines, name: string): Promise<Radius> {
  const { state, pid } = machines.info(name);
  const inspection = pid === null ? null : await machines.inspect(name);
  return {
    name,
    state,
    running: pid !== null,
    snapshots: machines.snapshots(name),
    clients: inspection?.monitorClients ?? null,
  };
}

/** @param now milliseconds since the epoch */
export function radiusWords({ name, state, running, snapshots, clients }: Radius, now: number): string {
  const newest = snapshots.at(-1);
  const parts = [
    running ? `${state}, it will be killed` : state,
    ...(clients === null || clients === 0
      ? []
      : [`${clients} ${clients === 1 ? 'client is' : 'clients are'} attached (consoles, waiting commands)`]),
    newest === undefined
      ? 'no snapshot'
      : `${snapshots.length} ${snapshots.length === 1 ? 'snapshot goes' : 'snapshots go'} with it, the newest ` +
        `${visible(newest.name)}, ${formatDistance(newest.createdAt, now)}`,
  ];
  return `${name}: ${parts.join('; ')}`;
}
