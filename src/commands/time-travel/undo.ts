import type { Undone, UndoneDeed, UndoResult } from '../../machines/machines.ts';
import { resultsOf, undoAttempt, undoneLine } from '../../presentation/lines/undone.ts';
import { failureFields, printFailure } from '../../presentation/output/failure.ts';
import type { Output } from '../../presentation/output/output.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

const help = `
Reverses the last destroy, restore, revert or removal of snapshots that can still be reversed, and says which: all that is left in the
trash of what that one command removed. The undoing of a restore or revert can be undone as well. What was done with --now is gone: if
that was the last, undo says so, and what it could have reversed before that must be named (trash restore, restore).`;

export const command = defineCommand<object>({
  attempt: 'undo',
  completeArguments: [],
  declare: (command) => {
    command.addHelpText('after', help);
  },
  run: async ({ output, machines }) => {
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      'undo',
      (work) => opened.undo(work),
      (undone) => tell(undone, output),
    );
  },
});

function tell(undone: Undone, output: Output): number {
  const results = resultsOf(undone);
  for (const result of results) {
    if (result.error === undefined) output.report(undoneLine(result));
    else printFailure(result.error, undoAttempt(result), output.json, output.terminals);
  }
  if (output.json) {
    output.document({
      ...fieldsOf(undone),
      ...(undone.command && { results: results.map(resultFields) }),
    });
  }
  return results.some(({ error }) => error !== undefined) ? 1 : 0;
}

function resultFields(result: UndoResult): Readonly<Record<string, unknown>> {
  const { error } = result;
  if (error === undefined) return { ...fieldsOf(result), ok: true };
  return { ...fieldsOf(result), ok: false, error: failureFields(error, undoAttempt(result)) };
}

function fieldsOf({ machine, deed, snapshot, paths }: UndoneDeed): Readonly<Record<string, unknown>> {
  return { name: machine, deed, snapshot, ...(paths && { paths }) };
}
