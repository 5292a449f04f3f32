import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<{ readonly as?: string }>({
  attempt: 'restore from the trash',
  completeArguments: ['trash-entry', 'nothing'],
  declare: (command) => {
    command
      .argument('<entry>', 'what trash list calls it')
      .option('--as <name>', 'another name for it, if its own is taken');
  },
  run: async ({ output, machines }, [entry = ''], { as }) => {
    const name = await (await machines()).restoreFromTrash(entry, { as });
    if (output.json) output.document({ entry, name });
    output.report(`${name}: ${entry} is back from the trash`);
    return 0;
  },
});
