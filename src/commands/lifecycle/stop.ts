import { exitFields } from '../../presentation/exit-words.ts';
import { defineCommand } from '../program/command-definition.ts';
import { seconds } from '../program/option-values.ts';
import { stopMachines } from './stop-ladder.ts';

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
      .option('-a, --all', 'all machines that are not stopped')
      .option('-t, --timeout <seconds>', 'how long to wait before killing', seconds, 30);
  },
  run: (context, names, { all, timeout }) =>
    stopMachines(
      context,
      { names, all: all === true, states: notStopped },
      {
        attempt: 'stop',
        timeout,
        stop: (machines, name, options) => machines.stop(name, options),
        result: ({ clean, exit }) => ({
          words: stopWords(clean, exit?.reason, timeout),
          fields: { clean, exit: exitFields(exit) },
        }),
      },
    ),
});

const notStopped = ['starting', 'running', 'freezing', 'frozen', 'stopping', 'error'] as const;

function stopWords(clean: boolean, reason: string | undefined, timeout: number): string {
  if (clean) return 'stopped';
  if (reason === 'monitor-lost') return 'its monitor had died, and it with it; what was left is cleaned up';
  return `did not stop within ${timeout} s and was killed`;
}
