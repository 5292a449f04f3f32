import { MachineError } from '../../machines/errors.ts';
import { defineCommand } from '../program/command-definition.ts';

interface Options {
  readonly readOnly?: true;
  readonly theme?: string;
  readonly plain?: true;
}

export const command = defineCommand<Options>({
  attempt: 'show the dashboard',
  completeArguments: ['nothing'],
  declare: (command) => {
    command
      .option('--read-only', 'look, and change nothing')
      .option('--plain', 'line by line, for screen readers, dumb terminals and pipes')
      .option('--theme <name>', 'colours: dark, light, high-contrast, colour-blind, none');
  },
  run: async (
    { output, machines, openDashboard, environment },
    _,
    { readOnly = false, theme, plain = environment['TERM'] === 'dumb' },
  ) => {
    const { terminals } = output;
    if (output.json || (!plain && !(terminals.isTerminal(0) && terminals.isTerminal(1)))) {
      throw new MachineError('usage', 'the dashboard needs a terminal', {
        hint: 'without one: tsmachine list, tsmachine top --batch, or tsmachine dashboard --plain',
      });
    }
    return openDashboard(await machines(), {
      plain,
      readOnly,
      theme,
      colour: output.colour,
      unicode: output.boxes,
    });
  },
});
