import { Option } from 'commander';
import type { ImportRequest } from '../../machines/machines.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { size } from '../program/option-values.ts';

interface Options {
  readonly storage?: ImportRequest['storage'];
  readonly keepIdentity?: true;
  readonly trust?: true;
  /** Bytes. */
  readonly maxSize?: number;
}

const help = `
Whoever made FILE, nothing outside of the new machine is written. It is somebody else than the one that was exported:
machine-id, host name and ssh host keys are new, unless --keep-identity says otherwise. Settings that open the host to it
(privileged, binds, more capabilities) are taken over only with --trust.

  tsmachine import web.tar.zst
  tsmachine import web.tar.zst web2 --storage btrfs --max-size 20G`;

export const command = defineCommand<Options>({
  attempt: 'import',
  completeArguments: ['files', 'nothing'],
  completeOptions: { '--storage': 'storage' },
  declare: (command) => {
    command
      .argument('<file>', 'what export wrote, or - for standard input')
      .argument('[name]', 'letters, digits, hyphen; without it that of the exported machine')
      .addOption(
        new Option('--storage <driver>', 'how its files are kept; without it as they were').choices([
          'overlay',
          'btrfs',
          'dir',
        ]),
      )
      .option('--keep-identity', 'it goes on as the machine that was exported')
      .option('--trust', 'take over also what opens the host to it')
      .option('--max-size <size>', 'what is unpacked may be so large (512M, 20G)', size)
      .addHelpText('after', help);
  },
  run: async ({ output, machines }, [file = '', wanted], options) => {
    const opened = await machines();
    const request = {
      source: file === '-' ? ('stdin' as const) : { path: file },
      name: wanted,
      storage: options.storage,
      keepIdentity: options.keepIdentity === true,
      trust: options.trust === true,
      maxBytes: options.maxSize,
    };
    return interruptibleStorageWork(
      output,
      `import ${file}`,
      (work) => opened.importMachine({ ...request, ...work }),
      ({ name, snapshots, leftOut }) => {
        if (output.json) output.document({ name, snapshots, leftOut });
        output.report(
          `${name}: imported${snapshots.length === 0 ? '' : `, snapshots: ${snapshots.join(', ')}`}`,
        );
        if (leftOut.length > 0) {
          output.note(
            `${name}: not taken over, since it opens the host: ${leftOut.join(', ')} (see --trust)`,
          );
        }
        return 0;
      },
    );
  },
});
