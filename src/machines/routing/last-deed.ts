/** When something was done last that `undo` reverses, as far as a side's answers tell it. */
import { MachineError } from '../errors.ts';
import type { Machines } from '../machines.ts';
import { MACHINES_AT_ONCE, mapAtMost } from '../work/at-most.ts';

/** Milliseconds since the epoch; undefined: nothing can be undone. */
export async function lastDeedAt(machines: Machines): Promise<number | undefined> {
  const [trash, restored] = await Promise.all([machines.trash(), restoresOf(machines)]);
  const times = [...trash.map(({ removedAt }) => Date.parse(removedAt)), ...restored];
  return times.length === 0 ? undefined : Math.max(...times);
}

function noneOf(error: unknown): readonly [] {
  if (error instanceof MachineError) return [];
  throw error;
}

/** A restore leaves what was before it as an automatic snapshot. */
async function restoresOf(machines: Machines): Promise<readonly number[]> {
  const withSnapshots = (await machines.list()).filter(({ snapshots }) => snapshots > 0);
  const found = await mapAtMost(MACHINES_AT_ONCE, withSnapshots, async ({ name }) => {
    // A machine may go meanwhile, or be unreadable: then nothing of it is undone.
    const snapshots = await machines.snapshots(name).catch(noneOf);
    return snapshots.flatMap(({ automatic, createdAt }) => (automatic ? [Date.parse(createdAt)] : []));
  });
  return found.flat();
}
