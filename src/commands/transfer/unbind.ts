import { defineCommand } from '../program/command-definition.ts';
import { command as bind } from './bind.ts';

interface Options {
  readonly force?: true;
}

/** `bind --remove`, as a word of its own. */
export const command = defineCommand<Options>({
  attempt: 'take a bind from',
  completeArguments: ['machine', 'files', 'nothing'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .argument('<hostpath>', 'what is bound, or the path inside')
      .argument('[path]', 'where in the machine, if it is bound to several')
      .option('-f, --force', 'also while it is in use');
  },
  run: (context, args, { force }) => bind.run(context, args, { remove: true, force } as never),
});
