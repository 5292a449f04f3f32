import { revertDiffering } from '../../machines/files/revert-differing.ts';
import { toPlainPath } from '../../machines/values/plain-path.ts';
import { revertedWords } from '../../presentation/lines/reverted.ts';
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
      (work) => revertDiffering(opened, name, paths, from, work),
      (reverted) => {
        const source = from ?? 'its image';
        if (output.json) output.document({ name, from: from ?? 'image', paths: reverted });
        for (const path of paths) {
          output.report(`${name}: ${revertedWords(path, reverted.includes(path), source)}`);
        }
        return 0;
      },
    );
  },
});
