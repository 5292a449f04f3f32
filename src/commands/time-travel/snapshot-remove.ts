import { purgedLines } from '../../presentation/lines/purged-entries.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { requireSnapshotWord, splitSnapshotWords } from './named-snapshot.ts';

export const command = defineCommand<{ readonly now?: true }>({
  attempt: 'remove snapshots of',
  completeArguments: ['source', 'snapshot'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine, or NAME@SNAPSHOT')
      .argument('[snapshots...]', 'its snapshots')
      .option('--now', 'for good, not to the trash');
  },
  run: async ({ output, machines }, words, { now = false }) => {
    const [name, first, ...others] = splitSnapshotWords(words);
    const removed = [...new Set([requireSnapshotWord(name, first), ...others])];
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      `remove snapshots of ${name}`,
      (work) => opened.removeSnapshots(name, removed, { now }, work),
      ({ purged }, { interrupted }) => {
        if (output.json) output.document({ name, removed, purged });
        const where = now ? 'for good' : 'kept in the trash';
        for (const snapshot of removed) output.report(`${name}: snapshot ${snapshot} removed, ${where}`);
        for (const line of purgedLines(purged, interrupted)) output.report(line);
        return 0;
      },
    );
  },
});
