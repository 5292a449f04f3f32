/** `snapshot --due`: what a timer runs, so it is silent when there was nothing to do. */
import { MachineError } from '../../machines/errors.ts';
import type { DueSnapshot } from '../../machines/machines.ts';
import { failureFields, printFailure } from '../../presentation/output/failure.ts';
import type { Output } from '../../presentation/output/output.ts';
import type { CommandContext } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

export async function takeDueSnapshots({ output, machines }: CommandContext): Promise<number> {
  const opened = await machines();
  return interruptibleStorageWork(
    output,
    'take the snapshots that are due',
    (work) => opened.takeDueSnapshots(work),
    (results) => {
      for (const result of results) announce(output, result);
      if (output.json) output.document({ results: results.map(fieldsOf) });
      return results.some(({ error }) => error !== null) ? 1 : 0;
    },
  );
}

function announce(output: Output, { machine, taken, removed, error }: DueSnapshot): void {
  if (taken !== null) output.report(`${machine}: snapshot ${taken} taken`);
  for (const old of removed) output.report(`${machine}: snapshot ${old} removed`);
  if (error !== null) printFailure(failure(error), `snapshot ${machine}`, output.json, output.terminals);
}

function fieldsOf({ machine, taken, removed, error }: DueSnapshot): Readonly<Record<string, unknown>> {
  const done = { name: machine, ok: error === null, snapshot: taken, removed };
  return error === null ? done : { ...done, error: failureFields(failure(error), `snapshot ${machine}`) };
}

function failure(message: string): MachineError {
  return new MachineError('failed', message);
}
