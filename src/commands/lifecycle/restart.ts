import { defineCommand } from '../program/command-definition.ts';
import { seconds } from '../program/option-values.ts';
import { abortable, signalExitCode } from '../program/until-signal.ts';
import { type Ladder, stopMachines } from './stop-ladder.ts';

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
  run: async (context, names, { all, timeout }) => {
    const { output } = context;
    const unfinished = new Set<string>();
    const restart: Ladder['stop'] = async (machines, name, options) => {
      unfinished.add(name);
      try {
        return await machines.restart(name, options);
      } finally {
        unfinished.delete(name);
      }
    };
    const outcome = await abortable((signal) => {
      signal.addEventListener('abort', () => {
        if (unfinished.size > 0) output.note(goesOn([...unfinished]));
      });
      return stopMachines(
        context,
        { names, all: all === true, states: ['running', 'frozen'] },
        { attempt: 'restart', timeout, stop: restart, result: restartResult(timeout) },
      );
    });
    if (outcome.signal !== undefined) return signalExitCode(outcome.signal);
    return outcome.value;
  },
});

/** Half of a restart is a machine that is down: so it is finished, unless a person insists. */
function goesOn(names: readonly string[]): string {
  const [them, start] = names.length === 1 ? ['it', 'starts'] : ['them', 'start'];
  return `${names.join(', ')}: on the way down, and ${start} again; Ctrl-C once more leaves ${them} to go down alone`;
}

function restartResult(timeout: number): Ladder['result'] {
  return ({ clean }) => ({
    words: clean ? 'restarted' : `did not stop within ${timeout} s and was killed, then restarted`,
    fields: { clean },
  });
}
