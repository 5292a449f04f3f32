import { defineCommand } from '../program/command-definition.ts';
import { actOnMachines } from '../program/several-machines.ts';

export const command = defineCommand<{ readonly all?: true }>({
  attempt: 'freeze',
  completeArguments: ['machine'],
  declare: (command) => {
    command.argument('[names...]', 'machines').option('-a, --all', 'all running machines');
  },
  run: (context, names, { all }) =>
    actOnMachines(
      context,
      { names, all: all === true, states: ['running'] },
      {
        attempt: 'freeze',
        act: async (machines, name) => {
          await machines.freeze(name);
          return { words: 'frozen' };
        },
      },
    ),
});
