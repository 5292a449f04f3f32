import { MachineError } from '../../machines/errors.ts';
import { defineCommand } from '../program/command-definition.ts';

interface Options {
  readonly readOnly?: true;
  readonly theme?: string;
}

export const command = defineCommand<Options>({
  attempt: 'show the dashboard',
  completeArguments: ['nothing'],
  declare: (command) => {
    command
      .option('--read-only', 'look, and change nothing')
      .option('--theme <name>', 'colours: dark, light, high-contrast, colour-blind, none');
  },
  run: async ({ output, machines, openDashboard }, _, { readOnly = false, theme }) => {
    const { terminals } = output;
    if (output.json || !terminals.isTerminal(0) || !terminals.isTerminal(1)) {
      throw new MachineError('usage', 'the dashboard needs a terminal', {
        hint: 'without one: tsmachine list, or tsmachine top --batch',
      });
    }
    return openDashboard(await machines(), {
      readOnly,
      theme,
      colour: output.colour,
      unicode: output.boxes,
    });
  },
});
