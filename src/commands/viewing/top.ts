import { InvalidArgumentError } from 'commander';
import type { SampleScope, UsageSampler } from '../../backends/usage.ts';
import { MachineError } from '../../machines/errors.ts';
import { parseUsageSort } from '../../presentation/usage/usage-columns.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { atLeastOne } from '../program/option-values.ts';
import { untilSignal } from '../program/until-signal.ts';
import { type BatchChoice, type SampleChoice, showBatches, showSample } from '../top/batch.ts';

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

/** Samples, after which the process ends. */
const FEW = 2;

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
    const { machines } = context;
    const sort = options.sort === undefined ? undefined : parseUsageSort(options.sort);
    const scope: SampleScope = options.all === true ? 'host' : 'machines';
    const once = isOnce(context, options);
    if (options.interval === 0 && !once) {
      throw new MachineError('usage', 'an interval of 0 goes with --once alone', {
        hint: `the shortest is ${SHORTEST_S}`,
      });
    }
    if (options.interval === 0) return oneLook(context, { scope, sort });
    const iterations = once ? 1 : (options.iterations ?? Number.POSITIVE_INFINITY);
    const choice = { scope, sort, interval: options.interval, iterations };
    const show = isFullScreen(context, options)
      ? await fullScreen(context, choice)
      : batches(context, choice);
    const sampler = await (await machines()).openSampler(scope, {
      rates: true,
      few: iterations <= FEW,
    });
    try {
      return await untilSignal((signal) => show(sampler, signal));
    } finally {
      sampler.close();
    }
  },
});

/** It is over before anybody could wish for its end: nothing waits for a signal. */
async function oneLook({ machines, output }: CommandContext, choice: SampleChoice): Promise<number> {
  const sampler = await (await machines()).openSampler(choice.scope, { rates: false, few: true });
  try {
    showSample(sampler.sample(), output, choice);
    return 0;
  } finally {
    sampler.close();
  }
}

type Show = (sampler: UsageSampler, signal: AbortSignal) => Promise<void>;

function batches({ output }: CommandContext, choice: BatchChoice): Show {
  return (sampler, signal) => showBatches(sampler, output, choice, signal);
}

async function fullScreen({ output, environment }: CommandContext, choice: BatchChoice): Promise<Show> {
  if ((environment['TERM'] ?? 'dumb') === 'dumb') {
    throw new MachineError('usage', 'this terminal cannot place text (TERM is dumb or not set)', {
      hint: 'tsmachine top --batch writes one table below the other',
    });
  }
  const { showFullScreen } = await import('../top/full-screen.ts');
  const theme = { paint: output.paint, unicode: output.boxes };
  return (sampler, signal) => showFullScreen(sampler, { ...choice, theme }, signal);
}

function isFullScreen({ output }: CommandContext, { once, batch }: Options): boolean {
  const { isTerminal } = output.terminals;
  return once !== true && batch !== true && !output.json && isTerminal(0) && isTerminal(1);
}

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
