import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'restart',
  completeArguments: ['nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine whose time has come');
  },
  run: async ({ machines }, [name = '']) => {
    await (await machines()).restartDue(name);
    return 0;
  },
});
