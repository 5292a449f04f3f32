import { Option } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

interface Options {
  readonly snapshots?: true;
  readonly force?: true;
  readonly compress?: 'zstd' | 'xz' | 'gzip' | 'none';
}

const help = `
The name of FILE says how it is compressed: .tar.zst, .tar.xz, .tar.gz or .tar. It is - for standard output, by zstd or
what --compress says.
The machine must be stopped; of one that runs a snapshot can be exported. The same state gives the same bytes.

  tsmachine export web web.tar.zst --snapshots
  tsmachine export web@snap1 - | ssh other tsmachine import - web`;

export const command = defineCommand<Options>({
  attempt: 'export',
  completeArguments: ['source', 'files', 'nothing'],
  declare: (command) => {
    command
      .argument('<source>', 'NAME as it is now, or NAME@SNAPSHOT')
      .argument('<file>', 'the archive, or - for standard output')
      .option('--snapshots', 'and all its snapshots')
      .option('-f, --force', 'replace FILE if it is there')
      .addOption(
        new Option('--compress <how>', 'instead of what the name of FILE says').choices([
          'zstd',
          'xz',
          'gzip',
          'none',
        ]),
      )
      .addHelpText('after', help);
  },
  run: async ({ output, machines }, [source = '', file = ''], options) => {
    const target = file === '-' ? standardOutput(output) : { path: file };
    const opened = await machines();
    const { compress } = options;
    const request = {
      target,
      snapshots: options.snapshots === true,
      force: options.force === true,
      ...(compress === undefined ? {} : { compression: compress }),
    };
    return interruptibleStorageWork(
      output,
      `export ${source}`,
      (work) => opened.exportMachine(source, { ...request, ...work }),
      (snapshots) => {
        if (target === 'stdout') return 0;
        if (output.json) output.document({ source, file, snapshots });
        const kept = snapshots.length === 0 ? '' : ` with ${counted(snapshots.length)}`;
        output.report(`${source}: exported to ${file}${kept}`);
        return 0;
      },
    );
  },
});

function standardOutput({ terminals }: CommandContext['output']): 'stdout' {
  if (!terminals.isTerminal(1)) return 'stdout';
  throw new MachineError('usage', 'an archive is nothing for a terminal', {
    hint: 'send it to a file or to another program, or name a file',
  });
}

function counted(snapshots: number): string {
  return snapshots === 1 ? 'a snapshot' : `${snapshots} snapshots`;
}
