import { defineCommand } from '../program/command-definition.ts';
import { actOnMachines } from '../program/several-machines.ts';

export const command = defineCommand<{ readonly all?: true }>({
  attempt: 'unfreeze',
  completeArguments: ['machine'],
  declare: (command) => {
    command.argument('[names...]', 'machines').option('-a, --all', 'all frozen machines');
  },
  run: (context, names, { all }) =>
    actOnMachines(
      context,
      { names, all: all === true, states: ['frozen', 'freezing'] },
      {
        attempt: 'unfreeze',
        act: async (machines, name) => {
          await machines.unfreeze(name);
          return { words: 'running' };
        },
      },
    ),
});
