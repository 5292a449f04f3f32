import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { type CopyOptions, copyRequest, declareCopyOptions, tellCopied } from './copying.ts';

const help = `
The machine may run, be frozen or stopped. If DST is a directory, or ends in /, the sources go into it; else it is the new name of the one
source. SRC/. is all that is in the directory SRC. Modes, times, symbolic links, hard links, holes and user attributes stay; files that
are there are replaced at once, directories stay as they are. Devices, sockets and FIFOs are left out, and named.

  tsmachine push web index.html /srv/www/
  tsmachine push web ./site/. /srv/www
  date | tsmachine push web - /etc/built`;

export const command = defineCommand<CopyOptions>({
  attempt: 'push files to',
  completeArguments: ['machine', 'files'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .usage('[options] <name> <src...> <dst>')
      .argument('<src>', 'files and directories of the host, or - for standard input')
      .argument('<dst...>', 'more of them, and last where to, absolute')
      .addHelpText('after', help);
    declareCopyOptions(command, "the machine's root");
  },
  run: async ({ output, machines }, [name = '', ...words], options) => {
    const opened = await machines();
    const request = copyRequest(words, options);
    return interruptibleStorageWork(
      output,
      `push files to ${name}`,
      (work) => opened.push(name, { ...request, setId: true, ...work }),
      (result) => {
        tellCopied(output, name, `pushed to ${request.target}`, request.target, result);
        return 0;
      },
    );
  },
});
