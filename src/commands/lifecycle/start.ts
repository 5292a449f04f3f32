import { MachineError } from '../../machines/errors.ts';
import { exitWords } from '../../presentation/lines/exit-words.ts';
import { logText } from '../../presentation/lines/log-text.ts';
import { enterConsole } from '../entering/enter-console.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { BOOT_PATIENCE_SECONDS, seconds } from '../program/option-values.ts';
import { actOnMachines } from '../program/several-machines.ts';
import { startClones } from './start-clones.ts';

interface Options {
  readonly all?: true;
  readonly ifNeeded?: true;
  readonly wait?: true;
  readonly timeout: number;
  readonly console?: true;
  readonly ephemeral?: true;
}

export const command = defineCommand<Options>({
  attempt: 'start',
  completeArguments: ['machine'],
  declare: (command) => {
    command
      .argument('[names...]', 'machines')
      .option('-a, --all', 'all stopped machines')
      .option('--if-needed', 'a machine that runs already is no error')
      .option(
        '--wait',
        'return only when the machine has booted, as its init says (sd_notify); else when it runs',
      )
      .option('--timeout <seconds>', 'how long to --wait', seconds, BOOT_PATIENCE_SECONDS)
      .option('--console', 'then attach to its console (one machine)')
      .option('--ephemeral', 'not it: a clone of NAME or NAME@SNAPSHOT that is gone when it ends');
  },
  run: async (context, names, options) => {
    const [only] = names;
    if (options.console === true && (only === undefined || names.length > 1)) {
      throw new MachineError('usage', '--console goes with exactly one name');
    }
    if (options.console === true && context.output.json) {
      throw new MachineError('usage', '--console goes without --json');
    }
    if (options.ephemeral === true) return startClones(context, names, options);
    const choice = { names, all: options.all === true, states: ['stopped' as const] };
    const exitCode = await actOnMachines(context, choice, {
      attempt: 'start',
      act: async (machines, name) => {
        const started = await machines.start(name, { ifNeeded: options.ifNeeded === true });
        if (options.wait === true) await machines.waitUntilReady(name, options.timeout);
        return { words: started ? 'started' : 'running already', fields: { started } };
      },
    });
    if (options.console !== true || only === undefined || exitCode !== 0) return exitCode;
    return watchBoot(context, only);
  },
});

/** One that ended before its console was reached did start: what it said is kept, and how it ended too. */
async function watchBoot(context: CommandContext, name: string): Promise<number> {
  try {
    return await enterConsole(context, name, { escape: undefined, record: undefined, recordInput: false });
  } catch (error) {
    if (!(error instanceof MachineError && error.code === 'wrong-state')) throw error;
    const { output } = context;
    const machines = await context.machines();
    output.raw(logText((await machines.readConsoleLog(name)).toString('utf8')));
    if (!output.quiet) output.note(`\n${name}: ${exitWords((await machines.info(name)).lastExit)}`);
    return 0;
  }
}
