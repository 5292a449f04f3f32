import type { RemovedImage } from '../../machines/machines.ts';
import { usersInWords } from '../../presentation/lists/image-rows.ts';
import { formatBytes } from '../../presentation/units.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

const help = `
A key may be given by a beginning that no other one has. Machines, snapshots and what is in the trash go on with the files
that they need; these go with the last of them.`;

export const command = defineCommand<object>({
  attempt: 'remove the image',
  completeArguments: ['image'],
  declare: (command) => {
    command.argument('<keys...>', 'what image list calls them').addHelpText('after', help);
  },
  run: async ({ output, machines }, keys) => {
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      'remove the image',
      (work) => opened.removeImages(keys, work),
      (removed) => {
        if (output.json) output.document({ removed });
        for (const one of removed) output.report(`${one.key}: ${outcomeOf(one)}`);
        return 0;
      },
    );
  },
});

function outcomeOf({ freedBytes, usedBy, keptFor }: RemovedImage): string {
  if (keptFor !== null) return `removed; its files stay while ${keptFor} cannot be read: it may use them`;
  const users = usersInWords(usedBy);
  return users === '' ? `removed, ${formatBytes(freedBytes)} freed` : `removed; its files stay for ${users}`;
}
