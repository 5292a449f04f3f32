import { defineCommand } from '../program/command-definition.ts';
import { seconds } from '../program/option-values.ts';
import { stopMachines } from './stop-ladder.ts';

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
    stopMachines(
      context,
      { names, all: all === true, states: ['running', 'frozen'] },
      {
        attempt: 'restart',
        timeout,
        stop: (machines, name, options) => machines.restart(name, options),
        result: ({ clean }) => ({
          words: clean ? 'restarted' : `did not stop within ${timeout} s and was killed, then restarted`,
          fields: { clean },
        }),
      },
    ),
});
