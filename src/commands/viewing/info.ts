import { exitFields } from '../presentation/exit-words.ts';
import { infoLines } from '../presentation/machine-info.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'show',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine');
  },
  run: async ({ output, machines }, [name = '']) => {
    const opened = await machines();
    const details = opened.info(name);
    if (output.json) {
      output.document({ machine: { ...details, lastExit: exitFields(details.lastExit) } });
    } else {
      output.print(infoLines(details, opened.settings(name), Date.now(), output.paint));
    }
    return 0;
  },
});
