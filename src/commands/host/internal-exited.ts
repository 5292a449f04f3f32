import { defineCommand } from '../program/command-definition.ts';

/** What tells the monitor to start the machine again (docs/launch-plan.md). */
const START_AGAIN = 10;

export const command = defineCommand<{ readonly final?: true }>({
  attempt: 'tidy up after',
  completeArguments: ['nothing'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine that ended')
      .option('--final', 'it does not start again, whatever its init wanted');
  },
  run: async ({ machines }, [name = ''], { final = false }) => {
    const answer = await (await machines()).handleExit(name, { final });
    return answer === 'start-again' ? START_AGAIN : 0;
  },
});
