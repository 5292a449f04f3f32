/** An undo stack: a command of many steps completes, or leaves nothing. */

/** `clean` is false if an undo before it failed: the note that lets recovery try again must then stay. */
export type Undo = (clean: boolean) => void | Promise<void>;

export interface UndoStack {
  /** Call it after (or, where the undo bears it, before) the deed; `what` is told when the undo itself fails. */
  add(what: string, undo: Undo): void;
}

/** What could not be undone. */
export interface UndoFailure {
  readonly what: string;
  readonly error: unknown;
}

/**
 * Runs `work`. If it throws, the undos run in reverse, each whether or not the one before failed; what could not be
 * undone is handed to `describe`, which makes the error to throw (the first cause must stay in it).
 */
export async function undoable<T>(
  work: (undo: UndoStack) => Promise<T>,
  describe: (cause: unknown, failures: readonly UndoFailure[]) => unknown,
): Promise<T> {
  const entries: { readonly what: string; readonly undo: Undo }[] = [];
  try {
    return await work({ add: (what, undo) => entries.push({ what, undo }) });
  } catch (cause) {
    const failures: UndoFailure[] = [];
    for (const { what, undo } of entries.reverse()) {
      try {
        await undo(failures.length === 0);
      } catch (error) {
        failures.push({ what, error });
      }
    }
    throw failures.length === 0 ? cause : describe(cause, failures);
  }
}
