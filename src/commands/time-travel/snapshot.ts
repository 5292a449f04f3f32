import { MachineError } from '../../machines/errors.ts';
import { formatWait } from '../../presentation/units.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { age, atLeastOne } from '../program/option-values.ts';
import { takeDueSnapshots } from './due-snapshots.ts';
import { splitSnapshotWords } from './named-snapshot.ts';

interface Options {
  readonly comment?: string;
  /** Milliseconds. */
  readonly expires?: number;
  readonly keep?: number;
  readonly due?: true;
}

const help = `
On overlay and btrfs a stopped machine takes no longer however large it is; on dir its files are copied. A running one is
frozen for it, and how long is told.
Without SNAPSHOT it is snap1, snap2 and so on. What expires goes when the next snapshots are taken.

  tsmachine snapshot web before-upgrade --comment 'all is well'
  tsmachine snapshot web --expires 7d --keep 10
  tsmachine set web snapshots.schedule=daily snapshots.expiry=14d     # for snapshot --due`;

export const command = defineCommand<Options>({
  attempt: 'snapshot',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command
      .argument('[name]', 'the machine, or NAME@SNAPSHOT')
      .argument('[snapshot]', 'what to call it: letters, digits, dot, hyphen, underscore')
      .option('-m, --comment <text>', 'what it is for')
      .option('--expires <age>', 'it may go after so long (10m, 2h, 7d)', age)
      .option(
        '--keep <number>',
        'then keep so many, the newest, the others go for good; automatic ones are not counted',
        atLeastOne,
      )
      .option('--due', 'all that the schedules of machines call for, and remove what has expired')
      .addHelpText('after', help);
  },
  run: async (context, args, options) => {
    if (options.due === true) {
      checkAlone(args, options);
      return takeDueSnapshots(context);
    }
    const [name, snapshot] = splitSnapshotWords(args);
    if (name === '') {
      throw new MachineError('usage', 'which machine? Give its name, or --due', {
        hint: 'tsmachine snapshot --help',
      });
    }
    return takeSnapshot(context, name, snapshot, options);
  },
});

function checkAlone(args: readonly string[], { comment, expires, keep }: Options): void {
  if (args.length === 0 && [comment, expires, keep].every((given) => given === undefined)) return;
  throw new MachineError('usage', '--due goes alone: what it does is in the settings of machines');
}

async function takeSnapshot(
  { output, machines }: CommandContext,
  name: string,
  wanted: string | undefined,
  { comment, expires, keep }: Options,
): Promise<number> {
  const opened = await machines();
  return interruptibleStorageWork(
    output,
    `snapshot ${name}`,
    (work) => opened.snapshot(name, { snapshot: wanted, comment, expiresAfterMs: expires, keep, ...work }),
    ({ snapshot, frozenMs, removed }) => {
      if (output.json) output.document({ name, snapshot, frozenMs: frozenMs ?? null, removed });
      const frozen = frozenMs === undefined ? '' : `, frozen for ${formatWait(frozenMs)}`;
      output.report(`${name}: snapshot ${snapshot} taken${frozen}`);
      for (const old of removed) output.report(`${name}: snapshot ${old} removed, for good`);
      return 0;
    },
  );
}
