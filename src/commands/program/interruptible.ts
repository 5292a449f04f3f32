/** Commands that a first Ctrl-C has undone, instead of cutting them off. */
import type { StorageWork } from '../../backends/storage.ts';
import { createProgressLine } from '../../presentation/lines/progress.ts';
import { printFailure } from '../../presentation/output/failure.ts';
import type { Output } from '../../presentation/output/output.ts';
import { abortable, signalExitCode } from './until-signal.ts';

/** What is to be done with a result. `interrupted`: the signal came too late to undo it. Gives the exit code. */
type Finish<Value> = (
  value: Value,
  state: { readonly interrupted: boolean },
) => number | undefined | Promise<number>;

/**
 * Resolves with the exit code: that of `finish` (undefined is 0), or after a signal that of a process which it ended. `attempt`:
 * "create".
 */
export async function interruptible<Value>(
  output: Output,
  attempt: string,
  work: (signal: AbortSignal) => Promise<Value>,
  finish: Finish<Value>,
): Promise<number> {
  const outcome = await abortable(work);
  if ('error' in outcome) {
    printFailure(outcome.error, attempt, output.json, output.terminals);
    return signalExitCode(outcome.signal);
  }
  const { value, signal } = outcome;
  const exitCode = await finish(value, { interrupted: signal !== undefined });
  return signal === undefined ? (exitCode ?? 0) : signalExitCode(signal);
}

/** The same for work on files, whose progress is drawn. */
export function interruptibleStorageWork<Value>(
  output: Output,
  attempt: string,
  work: (work: StorageWork) => Promise<Value>,
  finish: Finish<Value>,
): Promise<number> {
  const withProgress = async (signal: AbortSignal): Promise<Value> => {
    const line = createProgressLine(output.redraw);
    try {
      return await work({ progress: line.show, signal });
    } finally {
      line.end();
    }
  };
  return interruptible(output, attempt, withProgress, finish);
}
