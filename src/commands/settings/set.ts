import { defineCommand } from '../program/command-definition.ts';
import { changeSettings } from './change-settings.ts';

export const command = defineCommand<object>({
  attempt: 'change settings of',
  completeArguments: ['machine', 'setting'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .argument('<settings...>', 'KEY=VALUE')
      .addHelpText(
        'after',
        '\nLimits of memory, processors, disks and tasks hold at once; anything else a running machine takes at its next start.',
      );
  },
  run: async (context, [name = '', ...words]) =>
    changeSettings(context, await context.machines(), name, words),
});
