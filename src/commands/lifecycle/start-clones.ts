/** start --ephemeral: what runs is a clone, under a name of its own. */
import { MachineError } from '../../machines/errors.ts';
import { shareProgress } from '../../presentation/lines/progress.ts';
import { enterConsole } from '../entering/enter-console.ts';
import type { CommandContext } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { actOnMachines } from '../program/several-machines.ts';

interface Options {
  readonly all?: true;
  readonly wait?: true;
  readonly timeout: number;
  readonly console?: true;
}

export async function startClones(
  context: CommandContext,
  sources: readonly string[],
  options: Options,
): Promise<number> {
  if (options.all === true) throw new MachineError('usage', '--ephemeral goes with names, not with --all');
  const made: string[] = [];
  const exitCode = await interruptibleStorageWork(
    context.output,
    'start',
    ({ progress, signal }) => {
      const progressOfOne = shareProgress(progress);
      return actOnMachines(
        context,
        { names: sources, all: false, states: [] },
        {
          attempt: 'start a clone of',
          act: async (machines, source) => {
            const name = await machines.startEphemeral(source, { progress: progressOfOne(), signal });
            if (options.wait === true) await machines.waitUntilReady(name, options.timeout);
            made.push(name);
            return {
              words: `${name} is started, and gone when it ends`,
              fields: { started: true, clone: name },
            };
          },
        },
      );
    },
    (code) => code,
  );
  const [only] = made;
  if (options.console !== true || only === undefined || exitCode !== 0) return exitCode;
  return enterConsole(context, only, { escape: undefined, record: undefined, recordInput: false });
}
