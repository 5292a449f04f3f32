/** The deed that `undo` is asked for is reversed, and with it all that its command did; whoever keeps the machines. */
import { toMachineError } from '../error-conversion.ts';
import type { Undone, UndoneDeed, UndoResult } from '../machines.ts';
import type { TrashEntry } from './entries.ts';
import type { DoneRestore } from './last-deed.ts';

/** How each of them is. */
export interface Reversal<E extends TrashEntry> {
  restore(machine: string, snapshot: string): Promise<unknown>;
  restorePaths(entry: E): Promise<{ readonly machine: string; readonly paths: readonly string[] }>;
  /** Returns the machine's name now. */
  bringBack(entry: string): Promise<string>;
  /** The command that removed several things, this one among them. */
  removedBy(entry: E): Promise<string | undefined>;
  tell(undone: UndoneDeed): void;
}

/** `entries`: all of the trash, newest first. */
export async function reverse<E extends TrashEntry>(
  deed: DoneRestore | E,
  entries: readonly E[],
  reversal: Reversal<E>,
): Promise<Undone> {
  if ('before' in deed) return await reverseOne(deed, reversal);
  const id = await reversal.removedBy(deed);
  if (id === undefined) return await reverseOne(deed, reversal);
  const results = await reverseCommand(id, entries, reversal);
  const { error: _, ...first }: UndoResult = results[0] ?? wordsOf(deed);
  return { ...first, command: { id, results } };
}

/** Newest first, as each went on from what was before the next; what fails keeps none of the others. */
export async function reverseCommand<E extends TrashEntry>(
  id: string,
  entries: readonly E[],
  reversal: Reversal<E>,
): Promise<readonly UndoResult[]> {
  const results: UndoResult[] = [];
  for (const entry of entries) {
    if ((await reversal.removedBy(entry)) === id) results.push(await attempt(entry, reversal));
  }
  return results;
}

async function attempt<E extends TrashEntry>(entry: E, reversal: Reversal<E>): Promise<UndoResult> {
  try {
    return await reverseOne(entry, reversal);
  } catch (cause) {
    return { ...wordsOf(entry), error: toMachineError(cause, entry.entry) };
  }
}

async function reverseOne<E extends TrashEntry>(
  deed: DoneRestore | E,
  reversal: Reversal<E>,
): Promise<UndoneDeed> {
  const undone = await carryOut(deed, reversal);
  reversal.tell(undone);
  return undone;
}

async function carryOut<E extends TrashEntry>(
  deed: DoneRestore | E,
  reversal: Reversal<E>,
): Promise<UndoneDeed> {
  if ('before' in deed) {
    const { machine, before } = deed;
    await reversal.restore(machine, before);
    return { deed: 'restore', machine, snapshot: before };
  }
  if (deed.kind === 'paths') return { ...wordsOf(deed), ...(await reversal.restorePaths(deed)) };
  return { ...wordsOf(deed), machine: await reversal.bringBack(deed.entry) };
}

const deeds = { machine: 'destroy', snapshot: 'snapshot-remove', paths: 'revert' } as const;

function wordsOf({ kind, machine, snapshot }: TrashEntry): UndoneDeed {
  return { deed: deeds[kind], machine, snapshot: snapshot ?? null };
}
