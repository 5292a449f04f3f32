import { MachineError } from '../../machines/errors.ts';
import { templateArguments } from '../making/template-arguments.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

const help = `
A create makes the image that it needs by itself; this makes it ahead, with the same words.

  tsmachine image pull busybox
  tsmachine image pull busybox -- busybox=/opt/busybox`;

export const command = defineCommand<object>({
  attempt: 'pull an image of',
  completeArguments: ['template', 'template-option'],
  declare: (command) => {
    command
      .argument('<template>', 'what to make it from (template list)')
      .argument('[template-arguments...]', "behind --: the template's options, KEY=VALUE or --KEY VALUE")
      .addHelpText('after', help);
  },
  run: async ({ output, machines, afterSeparator }, [template = '', ...words]) => {
    requireNone(words.slice(0, words.length - afterSeparator));
    const templateOptions = templateArguments(words);
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      `pull an image of ${template}`,
      ({ progress: fileProgress, signal }) =>
        opened.pullImage({ template, templateOptions, progress: output.progress, fileProgress, signal }),
      ({ key, built }) => {
        if (output.json) output.document({ key, built });
        output.report(built ? `${key}: made` : `${key}: is there already`);
        return 0;
      },
    );
  },
});

function requireNone([word]: readonly string[]): void {
  if (word === undefined) return;
  throw new MachineError('usage', `one template, and not ${JSON.stringify(word)} too`, {
    hint: "the template's options go behind --",
  });
}
