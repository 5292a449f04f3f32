/** Kept states of a manager's machine: images named NAME@SNAPSHOT, and what we know of them. Those that others made have a name and a time. */
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { SnapshotSummary } from '../../machines.ts';
import { checkSnapshotName, isSnapshotName, noSuchSnapshot } from '../../names/snapshot-names.ts';
import type { JudgedSnapshot } from '../../snapshots/surplus-rule.ts';
import { splitKeptState } from '../images/image-names.ts';
import { type OwnFacts, readOwnFacts } from '../images/own-facts.ts';
import { requireImageMachine } from '../images/require-machine.ts';

export interface KeptState {
  /** The snapshot's. */
  readonly name: string;
  readonly image: ManagedImage;
  readonly facts: OwnFacts;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Oldest first. */
export async function keptStates(manager: Manager, machine: string): Promise<readonly KeptState[]> {
  const images = await manager.images.those((name) => splitKeptState(name).machine === machine);
  return await keptAmong(manager, machine, images);
}

export async function keptAmong(
  { settings }: Manager,
  machine: string,
  images: readonly ManagedImage[],
): Promise<readonly KeptState[]> {
  const found = images.flatMap((image) => {
    const { machine: of, snapshot } = splitKeptState(image.name);
    return of === machine && snapshot !== undefined && isSnapshotName(snapshot) ? [{ image, snapshot }] : [];
  });
  const states = await Promise.all(
    found.map(async ({ image, snapshot }): Promise<KeptState> => {
      const facts = readOwnFacts(settings, await settings.read(image.name));
      return { name: snapshot, image, facts, createdAt: facts.takenAt ?? timeOf(image) };
    }),
  );
  return [...states].sort(byTime);
}

/** Throws `usage`, `no-such-machine` (with the nearest name). */
export async function requireKept(manager: Manager, machine: string, snapshot: string): Promise<KeptState> {
  checkSnapshotName(snapshot);
  const states = await keptStates(manager, machine);
  const found = states.find(({ name }) => name === snapshot);
  if (found !== undefined) return found;
  await requireImageMachine(manager, machine);
  throw noSuchSnapshot(
    machine,
    snapshot,
    states.map(({ name }) => name),
  );
}

/** What `snapshots` shows. Throws `no-such-machine`. */
export async function snapshotSummaries(
  manager: Manager,
  machine: string,
): Promise<readonly SnapshotSummary[]> {
  const [{ name }, states] = await Promise.all([
    requireImageMachine(manager, machine),
    keptStates(manager, machine),
  ]);
  const present = readOwnFacts(manager.settings, await manager.settings.read(name));
  const current = goesOnFrom(present, states)?.name;
  const names = states.map((state) => state.name);
  return states.map(({ name, facts, createdAt }) => ({
    name,
    parent: facts.parent !== undefined && names.includes(facts.parent) ? facts.parent : null,
    current: name === current,
    createdAt,
    comment: facts.comment ?? null,
    automatic: facts.automatic === true,
    expiresAt: facts.expiresAt ?? null,
    problem: null,
  }));
}

/** A machine of which we know nothing has had no restore by us: it goes on from the last state that was kept of it. */
export function goesOnFrom(machine: OwnFacts, states: readonly KeptState[]): KeptState | undefined {
  if (!isOurs(machine)) return states.at(-1);
  return states.find(({ name }) => name === machine.goesOnFrom);
}

/** Settings of others are not written to for a line in a tree. */
export function isOurs(facts: OwnFacts): boolean {
  return Object.keys(facts).length > 0;
}

export function judged({
  name,
  createdAt,
  facts,
}: KeptState): JudgedSnapshot & { readonly scheduled: boolean } {
  const { automatic = false, expiresAt, scheduled = false } = facts;
  return { name, createdAt, automatic, expiresAt, scheduled };
}

/** Of the tree where the file system tells when it was made, else of the last change of its top. */
export function timeOf({ createdAt, modifiedAt }: ManagedImage): string {
  return new Date(createdAt ?? modifiedAt ?? 0).toISOString();
}

function byTime(one: KeptState, other: KeptState): number {
  return Date.parse(one.createdAt) - Date.parse(other.createdAt) || (one.name < other.name ? -1 : 1);
}
