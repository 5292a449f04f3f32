import { MachineError } from '../../machines/errors.ts';
import type { Machines } from '../../machines/machines.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

export const command = defineCommand<{ readonly as?: string }>({
  attempt: 'restore from the trash',
  completeArguments: ['trash-entry', 'nothing'],
  declare: (command) => {
    command
      .argument('<entry>', 'what trash list calls it; without its time, if there is one alone')
      .option('--as <name>', 'another name for it, if its own is taken');
  },
  run: async ({ output, machines }, [word = ''], { as }) => {
    const opened = await machines();
    const entry = await entryOf(opened, word);
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

/** NAME and NAME@SNAPSHOT say which one is meant, unless it was removed more than once. */
async function entryOf(machines: Machines, word: string): Promise<string> {
  const entries = (await machines.trash()).map(({ entry }) => entry);
  if (entries.includes(word)) return word;
  const meant = entries.filter((entry) => entry.slice(0, entry.lastIndexOf('.')) === word);
  const [first = word, ...others] = meant;
  if (others.length === 0) return first;
  throw new MachineError('usage', `${meant.length} entries of the trash are "${word}"`, {
    subject: word,
    hint: `one of: ${meant.join(', ')}`,
  });
}
