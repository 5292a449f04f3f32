import { defineCommand } from '../program/command-definition.ts';
import { signalName } from '../program/option-values.ts';
import { actOnMachines } from '../program/several-machines.ts';

interface Options {
  readonly all?: true;
  readonly signal: string;
}

export const command = defineCommand<Options>({
  attempt: 'kill',
  completeArguments: ['machine'],
  completeOptions: { '--signal': 'signal' },
  declare: (command) => {
    command
      .argument('[names...]', 'machines')
      .option('-a, --all', 'all machines that are not stopped')
      .option(
        '-s, --signal <signal>',
        'SIGKILL ends every process; another goes to init',
        signalName,
        'SIGKILL',
      );
  },
  run: (context, names, { all, signal }) =>
    actOnMachines(
      context,
      {
        names,
        all: all === true,
        waiting: true,
        states: ['starting', 'running', 'freezing', 'frozen', 'stopping', 'error'],
      },
      {
        attempt: 'kill',
        act: async (machines, name) => {
          await machines.kill(name, signal);
          return { words: signal === 'SIGKILL' ? 'killed' : `sent ${signal} to init`, fields: { signal } };
        },
      },
    ),
});
