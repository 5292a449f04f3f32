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
  /** Machines that share layers with it. */
  readonly relatives: readonly string[];
}

/** So many are named. */
const NAMED = 5;

/** @throws MachineError */
export async function blastRadius(machines: Machines, name: string): Promise<Radius> {
  const { state, pid } = await machines.info(name);
  const [inspection, snapshots, relatives] = await Promise.all([
    pid === null ? null : machines.inspect(name),
    machines.snapshots(name),
    machines.relatives(name),
  ]);
  return {
    name,
    state,
    running: pid !== null,
    snapshots,
    clients: inspection?.monitorClients ?? null,
    relatives,
  };
}

/** @param now milliseconds since the epoch */
export function radiusWords(radius: Radius, now: number): string {
  const { name, state, running, snapshots, clients, relatives } = radius;
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
    ...(relatives.length === 0
      ? []
      : [
          `${listed(relatives)} ${relatives.length === 1 ? 'shares layers with it, and keeps' : 'share layers with it, and keep'} them`,
        ]),
  ];
  return `${name}: ${parts.join('; ')}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
