import type { UndoneDeed } from '../../machines/machines.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

const help = `
Reverses the last destroy, restore, revert or removal of a snapshot that can still be reversed, and says which. The undoing
of a restore or revert can be undone as well. What was done with --now is gone: if that was the last, undo says so, and what it could
have reversed before that must be named (trash restore, restore).`;

export const command = defineCommand<object>({
  attempt: 'undo',
  completeArguments: [],
  declare: (command) => {
    command.addHelpText('after', help);
  },
  run: async ({ output, machines }) => {
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      'undo',
      (work) => opened.undo(work),
      (undone) => {
        const { machine, deed, snapshot, paths } = undone;
        if (output.json) output.document({ name: machine, deed, snapshot, ...(paths && { paths }) });
        output.report(`${machine}: ${undoneWords(undone)}`);
        return 0;
      },
    );
  },
});

function undoneWords({ deed, snapshot, paths = [] }: UndoneDeed): string {
  switch (deed) {
    case 'destroy':
      return 'is back from the trash';
    case 'restore':
      return `is again what it was before the restore${snapshot === null ? '' : `: ${snapshot}`}`;
    case 'revert':
      return `is again what it was before the revert: ${paths.join(' ')}`;
    case 'snapshot-remove':
      return `snapshot ${snapshot ?? ''} is back from the trash`;
  }
}
