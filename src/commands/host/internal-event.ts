import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'tell of',
  completeArguments: ['nothing'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine that something happened to')
      .argument('[file...]', 'what its monitor was signalled by');
  },
  run: async ({ machines }, [name = '', ...files]) => {
    await (await machines()).handleEvent(name, files);
    return 0;
  },
});
