import { diskUsageOf } from '../../machines/looking/shown-machine.ts';
import type { MachineState, MachineSummary, Machines } from '../../machines/machines.ts';
import { MACHINES_AT_ONCE, mapAtMost } from '../../machines/work/at-most.ts';
import {
  chooseColumns,
  type ListColumn,
  type ListedMachine,
  listRows,
  sortColumn,
  sortMachines,
} from '../../presentation/lists/machine-rows.ts';
import { formatTable } from '../../presentation/table.ts';
import { defineCommand } from '../program/command-definition.ts';
import { machineStates } from '../program/option-values.ts';

interface Options {
  readonly state?: readonly MachineState[];
  readonly columns?: readonly ListColumn[];
  readonly sort?: string;
}

export const command = defineCommand<Options>({
  attempt: 'list machines',
  completeArguments: [],
  completeOptions: { '--state': 'state', '--columns': 'column', '--sort': 'column' },
  declare: (command) => {
    command
      .option('-s, --state <state,...>', 'only machines in these states', machineStates)
      .option('-c, --columns <column,...>', 'what to show', chooseColumns)
      .option('--sort <column>', 'by which column; -COLUMN: downwards');
  },
  run: async ({ output, machines }, _, { state, columns, sort }) => {
    const opened = await machines();
    const all = await opened.list();
    const chosen = state === undefined ? all : all.filter((machine) => state.includes(machine.state));
    const withDisk =
      columns?.includes('disk') === true || (sort !== undefined && sortColumn(sort) === 'disk');
    const sorted = sortMachines(withDisk ? await addDiskUsage(opened, chosen) : chosen, sort);
    if (output.json) {
      output.document({ machines: sorted });
    } else {
      const { heads, rows } = listRows(sorted, columns, Date.now());
      if (rows.length > 0) output.print(formatTable(heads, rows, output.paint));
      else if (!output.quiet) output.note('no machines');
    }
    return 0;
  },
});

function addDiskUsage(
  machines: Machines,
  chosen: readonly MachineSummary[],
): Promise<readonly ListedMachine[]> {
  return mapAtMost(MACHINES_AT_ONCE, chosen, async (machine) => ({
    ...machine,
    disk: await diskUsageOf(machines, machine.name),
  }));
}
