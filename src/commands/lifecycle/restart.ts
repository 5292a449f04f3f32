import { defineCommand } from '../program/command-definition.ts';
import { seconds } from '../program/option-values.ts';
import { actOnMachines } from '../program/several-machines.ts';

interface Options {
  readonly all?: true;
  readonly timeout: number;
}

export const command = defineCommand<Options>({
  attempt: 'restart',
  completeArguments: ['machine'],
  declare: (command) => {
    command
      .argument('[names...]', 'machines')
      .option('-a, --all', 'all running machines')
      .option('-t, --timeout <seconds>', 'how long to wait before killing', seconds, 30);
  },
  run: (context, names, { all, timeout }) =>
    actOnMachines(
      context,
      { names, all: all === true, states: ['running', 'frozen'] },
      {
        attempt: 'restart',
        act: async (machines, name) => {
          await machines.restart(name, { timeoutSeconds: timeout });
          return { words: 'restarted' };
        },
      },
    ),
});
