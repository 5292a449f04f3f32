import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { requireSnapshotWord, splitSnapshotWords } from './named-snapshot.ts';

const help = `
The machine must be stopped. What it was before is kept as an automatic snapshot, so nothing is lost: \`tsmachine undo\`
goes back to it.`;

export const command = defineCommand<object>({
  attempt: 'restore',
  completeArguments: ['source', 'snapshot', 'nothing'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine, or NAME@SNAPSHOT')
      .argument('[snapshot]', 'what to put it back to (snapshots NAME)')
      .addHelpText('after', help);
  },
  run: async ({ output, machines }, words) => {
    const [name, given] = splitSnapshotWords(words);
    const snapshot = requireSnapshotWord(name, given);
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      `restore ${name}`,
      (work) => opened.restore(name, snapshot, work),
      (kept) => {
        if (output.json) output.document({ name, snapshot, kept });
        output.report(`${name}: restored to ${snapshot}; what it was before is kept as ${kept}`);
        output.report('to go back: tsmachine undo');
        return 0;
      },
    );
  },
});
