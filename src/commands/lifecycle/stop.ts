import { defineCommand } from '../program/command-definition.ts';
import { seconds } from '../program/option-values.ts';
import { stopMachines, stopResult } from './stop-ladder.ts';

interface Options {
  readonly all?: true;
  readonly timeout: number;
}

export const command = defineCommand<Options>({
  attempt: 'stop',
  completeArguments: ['machine'],
  declare: (command) => {
    command
      .argument('[names...]', 'machines')
      .option('-a, --all', 'all machines that are not stopped, or wait for a restart')
      .option('-t, --timeout <seconds>', 'how long to wait before killing', seconds, 30);
  },
  run: (context, names, { all, timeout }) =>
    stopMachines(
      context,
      { names, all: all === true, states: notStopped, waiting: true },
      {
        attempt: 'stop',
        timeout,
        stop: (machines, name, options) => machines.stop(name, options),
        result: stopResult(timeout),
      },
    ),
});

const notStopped = ['starting', 'running', 'freezing', 'frozen', 'stopping', 'error'] as const;
