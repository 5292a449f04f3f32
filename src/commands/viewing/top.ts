import { InvalidArgumentError } from 'commander';
import type { SampleScope } from '../../backends/usage.ts';
import { MachineError } from '../../machines/errors.ts';
import { parseUsageSort } from '../presentation/usage/usage-columns.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { atLeastOne } from '../program/option-values.ts';
import { untilSignal } from '../program/until-signal.ts';
import { showBatches } from '../top/batch.ts';

interface Options {
  readonly once?: true;
  readonly batch?: true;
  readonly interval: number;
  readonly iterations?: number;
  readonly sort?: string;
  readonly all?: true;
}

/** Below it a sample says more of the host's clock than of machines. */
const SHORTEST_S = 0.1;

export const command = defineCommand<Options>({
  attempt: 'watch machines',
  completeArguments: ['nothing'],
  completeOptions: { '--sort': 'usage-column' },
  declare: (command) => {
    command
      .option('--once', 'one table, and done')
      .option('-b, --batch', 'a table after each interval, one below the other')
      .option('-d, --interval <seconds>', 'between two samples; 0 with --once: without rates', intervalOf, 1)
      .option('-n, --iterations <number>', 'how many samples are shown', atLeastOne)
      .option('--sort <column>', 'by which column; -COLUMN: downwards')
      .option('-a, --all', 'every group of the host, as a tree');
  },
  run: async (context, _, options) => {
    const { output, machines } = context;
    const sort = options.sort === undefined ? undefined : parseUsageSort(options.sort);
    const scope: SampleScope = options.all === true ? 'host' : 'machines';
    const once = isOnce(context, options);
    if (options.interval === 0 && !once) {
      throw new MachineError('usage', 'an interval of 0 goes with --once alone', {
        hint: `the shortest is ${SHORTEST_S}`,
      });
    }
    const sampler = await (await machines()).openSampler(scope);
    const choice = { scope, sort, interval: options.interval, iterations: once ? 1 : options.iterations };
    try {
      return await untilSignal((signal) =>
        showBatches(
          sampler,
          output,
          { ...choice, iterations: choice.iterations ?? Number.POSITIVE_INFINITY },
          signal,
        ),
      );
    } finally {
      sampler.close();
    }
  },
});

/** A pipe that asked for nothing gets one table, and an end. */
function isOnce({ output }: CommandContext, { once, batch, iterations }: Options): boolean {
  if (once === true) return true;
  return batch !== true && iterations === undefined && !output.json && !output.terminals.isTerminal(1);
}

function intervalOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value === 0 || (value >= SHORTEST_S && value <= 3600))) {
    throw new InvalidArgumentError(`It must be a number of seconds from ${SHORTEST_S} to 3600.`);
  }
  return value;
}
