import { newCommandId } from '../../machines/trash/removed-by.ts';
import { shareProgress } from '../../presentation/lines/progress.ts';
import { purgedLines } from '../../presentation/lines/purged-entries.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { type Act, actOnMachines } from '../program/several-machines.ts';

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
  run: (context, names, { force = false, now = false }) =>
    interruptibleStorageWork(
      context.output,
      'destroy',
      ({ progress, signal }) => {
        const command = names.length > 1 ? newCommandId() : undefined;
        const progressOfOne = shareProgress(progress);
        const act: Act = {
          attempt: 'destroy',
          act: async (machines, name) => {
            const work = { progress: progressOfOne(), signal };
            const { purged } = await machines.destroy(name, { force, now, command }, work);
            const words = now ? 'destroyed for good' : 'destroyed, kept in the trash';
            return { words, more: purgedLines(purged, signal.aborted), fields: { purged } };
          },
        };
        return actOnMachines(context, { names, all: false, states: [] }, act);
      },
      (exitCode) => exitCode,
    ),
});
