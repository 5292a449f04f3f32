import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'bring down',
  completeArguments: ['nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine whose monitor shall end');
  },
  run: async ({ machines }, [name = '']) => {
    await (await machines()).terminate(name);
    return 0;
  },
});
