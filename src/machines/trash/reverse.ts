/** The deed that `undo` is asked for is reversed, whoever keeps the machine. */
import type { UndoneDeed } from '../machines.ts';
import type { TrashEntry } from './entries.ts';
import type { DoneRestore } from './last-deed.ts';

/** How each of them is. */
export interface Reversal<E extends TrashEntry> {
  restore(machine: string, snapshot: string): Promise<unknown>;
  restorePaths(entry: E): Promise<{ readonly machine: string; readonly paths: readonly string[] }>;
  /** Returns the machine's name now. */
  bringBack(entry: string): Promise<string>;
}

export async function reverse<E extends TrashEntry>(
  deed: DoneRestore | E,
  reversal: Reversal<E>,
): Promise<UndoneDeed> {
  if ('before' in deed) {
    const { machine, before } = deed;
    await reversal.restore(machine, before);
    return { deed: 'restore', machine, snapshot: before };
  }
  if (deed.kind === 'paths') {
    return { deed: 'revert', snapshot: null, ...(await reversal.restorePaths(deed)) };
  }
  const machine = await reversal.bringBack(deed.entry);
  return {
    deed: deed.kind === 'machine' ? 'destroy' : 'snapshot-remove',
    machine,
    snapshot: deed.snapshot ?? null,
  };
}
