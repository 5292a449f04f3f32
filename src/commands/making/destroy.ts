import { purgedLines } from '../presentation/purged-entries.ts';
import { defineCommand } from '../program/command-definition.ts';
import { actOnMachines } from '../program/several-machines.ts';

interface Options {
  readonly force?: true;
  readonly now?: true;
}

export const command = defineCommand<Options>({
  attempt: 'destroy',
  completeArguments: ['machine'],
  declare: (command) => {
    // No --all: what cannot be meant by a slip of the fingers needs no guard.
    command
      .argument('<names...>', 'machines')
      .option('-f, --force', 'running ones too: they are killed first')
      .option('--now', 'for good, not to the trash');
  },
  run: (context, names, { force, now }) =>
    actOnMachines(
      context,
      { names, all: false, states: [] },
      {
        attempt: 'destroy',
        act: async (machines, name) => {
          const { purged } = await machines.destroy(name, { force: force === true, now: now === true });
          const words = now === true ? 'destroyed for good' : 'destroyed, kept in the trash';
          return { words, more: purgedLines(purged), fields: { purged } };
        },
      },
    ),
});
