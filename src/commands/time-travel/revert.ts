import type { FileChange, StorageWork } from '../../backends/storage.ts';
import { passOver } from '../../machines/failures.ts';
import type { Machines } from '../../machines/machines.ts';
import { toPlainPath } from '../../machines/values/plain-path.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

interface Options {
  readonly from?: string;
}

const help = `
The machine must be stopped. What the paths were goes to the trash: undo, or trash restore, puts it back.

  tsmachine revert web /etc/hosts /etc/nginx
  tsmachine revert web --from web@snap1 /etc/hosts`;

export const command = defineCommand<Options>({
  attempt: 'revert',
  completeArguments: ['machine', 'nothing'],
  completeOptions: { from: 'source' },
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .argument('<path...>', 'absolute paths inside')
      .option('--from <source>', 'NAME or NAME@SNAPSHOT (default: what diff compares with)')
      .addHelpText('after', help);
  },
  run: async ({ output, machines }, [name = '', ...given], { from }) => {
    const paths = given.map((path) => toPlainPath(path) ?? path);
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      `revert ${name}`,
      async (work) => {
        const differing = await differingPaths(opened, name, paths, from, work);
        if (differing.length > 0) await opened.revert(name, differing, from, work);
        return differing;
      },
      (reverted) => {
        const source = from ?? 'its image';
        if (output.json) output.document({ name, from: from ?? 'image', paths: reverted });
        for (const path of paths) {
          const what = reverted.includes(path) ? 'is again as' : 'does not differ from what it is';
          output.report(`${name}: ${path} ${what} in ${source}`);
        }
        return 0;
      },
    );
  },
});

/** With a revert of nothing the trash would have an entry, and the next undo would undo nothing. */
async function differingPaths(
  machines: Machines,
  name: string,
  paths: readonly string[],
  from: string | undefined,
  { signal }: StorageWork,
): Promise<readonly string[]> {
  const differing: string[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const changes =
      from === undefined ? machines.diff(name, undefined, path) : machines.diff(from, name, path);
    if (await differs(changes)) differing.push(path);
  }
  return differing;
}

/** What cannot be compared is for the revert itself to refuse. */
async function differs(changes: AsyncIterable<FileChange>): Promise<boolean> {
  try {
    for await (const _ of changes) return true;
    return false;
  } catch (error) {
    passOver(error);
    return true;
  }
}
