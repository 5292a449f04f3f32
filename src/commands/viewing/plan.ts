import { planLines } from '../../presentation/lines/plan-text.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'plan a start of',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine');
  },
  run: async ({ output, machines }, [name = '']) => {
    const steps = await (await machines()).plan(name);
    if (output.json) output.document({ name, steps });
    else output.print(planLines(steps, output.paint));
    return 0;
  },
});
