/** What `undo` has reversed, in a line for each thing. */
import type { MachineError } from '../../machines/errors.ts';
import type { Undone, UndoneDeed, UndoResult } from '../../machines/machines.ts';

/** Of one thing alone that did not come back the failure is thrown, as that of any command. */
export function resultsOf(undone: Undone): readonly UndoResult[] {
  const results: readonly UndoResult[] = undone.command?.results ?? [undone];
  const [first] = results;
  if (results.length === 1 && first?.error !== undefined) throw first.error;
  return results;
}

export function undoneLine(undone: UndoneDeed): string {
  return `${undone.machine}: ${undoneWords(undone)}`;
}

/** "bring back web@snap1" in "cannot bring back web@snap1". */
export function undoAttempt({ machine, snapshot }: UndoneDeed): string {
  return `bring back ${snapshot === null ? machine : `${machine}@${snapshot}`}`;
}

export function failuresOf(
  results: readonly UndoResult[],
): readonly (UndoResult & { readonly error: MachineError })[] {
  return results.flatMap((result) =>
    result.error === undefined ? [] : [{ ...result, error: result.error }],
  );
}

function undoneWords({ deed, snapshot, paths = [] }: UndoneDeed): string {
  switch (deed) {
    case 'destroy':
      return 'is back from the trash';
    case 'restore':
      return `is again what it was before the restore${snapshot === null ? '' : `: ${snapshot}`}`;
    case 'revert':
      return `is again what it was before the revert: ${paths.join(' ')}`;
    case 'snapshot-remove':
      return `snapshot ${snapshot ?? ''} is back from the trash`;
  }
}
