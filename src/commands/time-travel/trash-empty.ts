import { MachineError } from '../../machines/errors.ts';
import type { Machines } from '../../machines/machines.ts';
import type { Output } from '../../presentation/output/output.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

export const command = defineCommand<{ readonly yes?: true }>({
  attempt: 'empty the trash',
  completeArguments: ['trash-entry'],
  declare: (command) => {
    command.argument('[entries...]', 'only these; without any, all').option('-y, --yes', 'do not ask');
  },
  run: async ({ output, machines }, given, { yes }) => {
    const opened = await machines();
    const entries = await chooseEntries(opened, given);
    if (yes !== true && entries.length > 0 && !confirm(output, entries)) {
      if (!output.quiet) output.note('nothing is removed');
      return 1;
    }
    // Those that were asked about: what comes into the trash meanwhile stays, what goes from it is no fault.
    const chosen = given.length > 0 ? entries : { listed: entries };
    return interruptibleStorageWork(
      output,
      'empty the trash',
      (work) => opened.emptyTrash(chosen, work),
      (removed) => {
        if (output.json) output.document({ removed });
        output.report(removed === 0 ? 'the trash is empty' : `${countOf(removed)} removed for good`);
        return 0;
      },
    );
  },
});

async function chooseEntries(machines: Machines, given: readonly string[]): Promise<readonly string[]> {
  return given.length > 0 ? [...new Set(given)] : (await machines.trash()).map(({ entry }) => entry);
}

/** The answer that a slip of the fingers gives is no. */
function confirm(output: Output, entries: readonly string[]): boolean {
  const { terminals } = output;
  if (output.json || !terminals.isTerminal(0) || !terminals.isTerminal(2)) {
    throw new MachineError('usage', `${countOf(entries.length)} would be removed for good`, {
      hint: '--yes does it without a question',
    });
  }
  for (const entry of entries) output.note(`  ${entry}`);
  terminals.write(2, `Remove ${countOf(entries.length)} for good? [y/N] `);
  return /^y(es)?$/i.test(terminals.readLine()?.trim() ?? '');
}

function countOf(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`;
}
