import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

export const command = defineCommand<{ readonly as?: string }>({
  attempt: 'restore from the trash',
  completeArguments: ['trash-entry', 'nothing'],
  declare: (command) => {
    command
      .argument('<entry>', 'what trash list calls it')
      .option('--as <name>', 'another name for it, if its own is taken');
  },
  run: async ({ output, machines }, [entry = ''], { as }) => {
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      'restore from the trash',
      (work) => opened.restoreFromTrash(entry, { as }, work),
      (name) => {
        if (output.json) output.document({ entry, name });
        output.report(`${name}: ${entry} is back from the trash`);
        return 0;
      },
    );
  },
});
