import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'remove',
  completeArguments: ['nothing'],
  declare: (command) => {
    command.argument('<name>', 'the ephemeral machine that has ended, or whose command has');
  },
  run: async ({ machines }, [name = '']) => {
    await (await machines()).sweep(name);
    return 0;
  },
});
