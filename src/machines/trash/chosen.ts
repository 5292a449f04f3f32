/** What of the trash somebody wants gone, and what is said when that is broken off. Pure. */
import { MachineError } from '../errors.ts';
import type { ChosenTrash } from '../time-travel.ts';

/** Each once. Throws `no-such-machine` for a named one that is not there. */
export function chosenOf(there: readonly string[], chosen: ChosenTrash): readonly string[] {
  if (chosen === undefined) return there;
  if ('listed' in chosen) return there.filter((entry) => chosen.listed.includes(entry));
  for (const entry of chosen) if (!there.includes(entry)) throw noSuchEntry(entry);
  return [...new Set(chosen)];
}

export function noSuchEntry(entry: string): MachineError {
  return new MachineError('no-such-machine', `there is no "${entry}" in the trash`, {
    subject: entry,
    hint: 'see `tsmachine trash list`',
  });
}

/** Paths have no name of their own. */
export function hasNoName(entry: string): MachineError {
  return new MachineError('usage', `"${entry}" is paths of a machine, which come back where they were`, {
    subject: entry,
    hint: `leave out --as: tsmachine trash restore ${entry}`,
  });
}

export function emptyingWords(removed: number, entries: readonly string[], isBegun: boolean): string {
  const whole = entries.length - removed - Number(isBegun);
  const parts = [`of ${entries.length} entries ${removed} ${removed === 1 ? 'is' : 'are'} removed for good`];
  if (isBegun) parts.push(`what is left of ${entries[removed]} will be`);
  if (whole > 0) parts.push(`${whole} ${whole === 1 ? 'stays' : 'stay'} in the trash`);
  return parts.join(', ');
}
