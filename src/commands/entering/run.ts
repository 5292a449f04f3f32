import { type Command, Option } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import { collectSettings } from '../../machines/keys/config-keys.ts';
import type { CreateRequest, RunRequest } from '../../machines/machines.ts';
import { createProgressLine } from '../../presentation/lines/progress.ts';
import { printFailure } from '../../presentation/output/failure.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { collectPairs, collectWords } from '../program/option-values.ts';
import { abortable, signalExitCode } from '../program/until-signal.ts';
import { declareEnterOptions, type EnterOptions, execRequest, parseBehind } from './enter-machine.ts';

interface Options extends EnterOptions {
  readonly name?: string;
  readonly set?: readonly string[];
  readonly option?: Readonly<Record<string, string>>;
  readonly storage?: CreateRequest['storage'];
}

/** As those of exec. */
const FAILED = 125;

export const command = defineCommand<Options>({
  attempt: 'run a command in a machine of',
  failureExitCode: FAILED,
  completeArguments: ['template', 'nothing'],
  completeOptions: { '--set': 'setting', '--storage': 'storage' },
  declare: (command) => {
    declareRunOptions(command)
      .argument('<template>', 'what the machine is made from (template list)')
      .argument('<command...>', 'the command and its arguments; behind -- if options come before it')
      .addHelpText('after', help)
      .passThroughOptions();
  },
  run: async (context, [template = '', ...words], before) => {
    const { options, operands } = parseBehind('run', words, before, declareRunOptions);
    const [program, ...args] = operands;
    if (program === undefined) throw new MachineError('usage', 'the command is missing');
    const machines = await context.machines();
    const line = createProgressLine(context.output.redraw);
    const outcome = await abortable(async (signal) => {
      const request = runRequest(context, template, [program, ...args], options);
      try {
        return await machines.run({ ...request, fileProgress: line.show, onReady: line.end, signal });
      } finally {
        line.end();
      }
    });
    if ('value' in outcome) return outcome.value.exitCode;
    const { output } = context;
    printFailure(outcome.error, `run a command in a machine of ${template}`, output.json, output.terminals);
    return signalExitCode(outcome.signal);
  },
});

function declareRunOptions(command: Command): Command {
  return declareEnterOptions(command)
    .option('--name <name>', 'the name of the machine; without it one is picked')
    .option('--set <key=value>', 'a setting (config NAME lists them)', collectWords)
    .option('-o, --option <key=value>', 'an option of the template (template info)', collectPairs)
    .addOption(
      new Option('--storage <driver>', 'how its files are kept').choices(['overlay', 'btrfs', 'dir']),
    );
}

function runRequest(
  context: CommandContext,
  template: string,
  argv: readonly [string, ...string[]],
  options: Options,
): Omit<RunRequest, 'fileProgress' | 'signal'> {
  return {
    name: options.name,
    template,
    templateOptions: options.option ?? {},
    storage: options.storage,
    settings: collectSettings(options.set ?? []),
    progress: context.output.progress,
    command: execRequest(context, argv, options),
  };
}

const help = `
The machine is made for the command, and nothing of it is left when that has ended, or tsmachine has, of whatever. Its init is a
shell that waits: the system in it is not booted (--set init=/sbin/init does that).

Exits with the command's own code; 125 if tsmachine failed, 126 not executable, 127 not found,
128+N if signal N ended it.

  tsmachine run busybox -- sh -c 'echo hello; exit 3'
  tar c src | tsmachine run busybox --set memory.max=256M -- tar tv`;
