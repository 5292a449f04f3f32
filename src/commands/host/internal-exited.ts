import { defineCommand } from '../program/command-definition.ts';

/** What tells the monitor to start the machine again (docs/launch-plan.md). */
const START_AGAIN = 10;

export const command = defineCommand<object>({
  attempt: 'tidy up after',
  completeArguments: ['nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine that ended');
  },
  run: async ({ machines }, [name = '']) => {
    const answer = await (await machines()).handleExit(name);
    return answer === 'start-again' ? START_AGAIN : 0;
  },
});
