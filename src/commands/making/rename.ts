import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'rename',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine').argument('<new-name>', 'its new name');
  },
  run: async ({ output, machines }, [name = '', newName = '']) => {
    await (await machines()).rename(name, newName);
    if (output.json) output.document({ name: newName, renamedFrom: name });
    output.report(`${name}: renamed to ${newName}`);
    return 0;
  },
});
