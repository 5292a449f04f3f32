import { Option } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { type CopyOptions, copyRequest, declareCopyOptions, tellCopied } from './copying.ts';

interface Options extends CopyOptions {
  /** What to call the target, when the copies go on to another host. */
  readonly shownTarget?: string;
  readonly keepPrivileges?: true;
}

const help = `
The machine may run, be frozen or stopped. If DST is a directory, or ends in /, the sources go into it; else it is the new name of the one
source. SRC/. is all that is in the directory SRC. Modes, times, symbolic links, hard links, holes and user attributes stay; files that
are there are replaced at once, directories stay as they are. Set-id bits and capabilities are taken away. Devices, sockets, FIFOs and file
systems of the kernel, such as /proc, are left out, and named. Nothing is written outside of DST, whatever the machine has there.

  tsmachine pull web /etc/nginx .
  tsmachine pull web /var/log/syslog - | less`;

export const command = defineCommand<Options>({
  attempt: 'pull files from',
  completeArguments: ['machine', 'nothing', 'files'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .usage('[options] <name> <src...> <dst>')
      .argument('<src>', 'files and directories in it, absolute')
      .argument('<dst...>', 'more of them, and last where to on the host, or - for standard output')
      .addHelpText('after', help);
    declareCopyOptions(command, 'who calls');
    command.addOption(new Option('--shown-target <path>').hideHelp());
    command.option(
      '--keep-privileges',
      'set-id bits, where the owner stays the same, and file capabilities stay',
    );
  },
  run: async ({ output, machines }, [name = '', ...words], options) => {
    const request = copyRequest(words, options);
    const toStream = request.target === '-';
    if (toStream && output.json) {
      throw new MachineError('usage', 'standard output cannot take the file and a JSON document', {
        hint: 'leave --json out, or name a file',
      });
    }
    const opened = await machines();
    const setId = options.keepPrivileges === true;
    return interruptibleStorageWork(
      output,
      `pull files from ${name}`,
      (work) => opened.pull(name, { ...request, setId, ...work }),
      (result) => {
        const { shownTarget = request.target } = options;
        if (!toStream) tellCopied(output, name, `pulled to ${shownTarget}`, shownTarget, result);
        return 0;
      },
    );
  },
});
