import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { startMade } from './start-made.ts';

interface Options {
  readonly start?: true;
  readonly keepIdentity?: true;
}

const help = `
The new machine shares what both have in common on disk. It is somebody else: machine-id, host name and ssh host keys are
new, unless --keep-identity says otherwise.

  tsmachine clone web web2
  tsmachine clone web@before-upgrade trial --start`;

export const command = defineCommand<Options>({
  attempt: 'clone',
  completeArguments: ['source', 'nothing'],
  declare: (command) => {
    command
      .argument('<source>', 'NAME as it is now, or NAME@SNAPSHOT')
      .argument('<new-name>', 'letters, digits, hyphen')
      .option('--start', 'and start it')
      .option('--keep-identity', 'it goes on as the machine that it was made from')
      .addHelpText('after', help);
  },
  run: async ({ output, machines }, [source = '', name = ''], options) => {
    const opened = await machines();
    const keepIdentity = options.keepIdentity === true;
    return interruptibleStorageWork(
      output,
      `clone ${source}`,
      (work) => opened.clone(source, name, { keepIdentity, ...work }),
      async (_, { interrupted }) => {
        output.report(`${source}: cloned to ${name}`);
        const started = options.start === true && !interrupted && (await startMade(output, opened, name));
        if (started) output.report(`${name}: started`);
        if (output.json) output.document({ name, clonedFrom: source, started });
        return options.start === true && !started ? 1 : 0;
      },
    );
  },
});
