import { lookAt } from '../../machines/looking/shown-machine.ts';
import { infoLines } from '../../presentation/info/info-lines.ts';
import { limitUses } from '../../presentation/info/limit-uses.ts';
import { exitFields } from '../../presentation/lines/exit-words.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'show',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine');
  },
  run: async ({ output, machines }, [name = '']) => {
    const opened = await machines();
    const machine = await lookAt(opened, name);
    if (output.json) {
      const lastExit = exitFields(machine.lastExit);
      const limits = limitUses(machine, machine.inspection);
      output.document({ machine: { ...machine, lastExit, limits } });
    } else {
      output.print(infoLines(machine, await opened.settings(name), Date.now(), output.paint));
    }
    return 0;
  },
});
