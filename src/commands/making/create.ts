import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import type { StorageWork } from '../../backends/storage.ts';
import { MachineError } from '../../machines/errors.ts';
import { templateHint } from '../../machines/images/template-choice.ts';
import { collectSettings } from '../../machines/keys/config-keys.ts';
import type { CreateRequest, Machines } from '../../machines/machines.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';
import { BOOT_PATIENCE_SECONDS, collectWords, seconds } from '../program/option-values.ts';
import { startMade } from './start-made.ts';
import { templateArguments } from './template-arguments.ts';

interface Options {
  readonly template?: string;
  readonly start?: true;
  readonly wait?: true;
  readonly timeout: number;
  readonly set?: readonly string[];
  readonly userData?: string;
  readonly storage: CreateRequest['storage'];
}

export const command = defineCommand<Options>({
  attempt: 'create',
  completeArguments: ['nothing', 'template-option'],
  completeOptions: {
    '--template': 'template',
    '--set': 'setting',
    '--user-data': 'files',
    '--storage': 'storage',
  },
  declare: (command) => {
    command
      .argument('[name]', 'letters, digits, hyphen; without it one is picked and printed')
      .argument('[template-arguments...]', "behind --: the template's options, KEY=VALUE or --KEY VALUE")
      .option('-t, --template <template>', 'what to make it from (template list); must be given')
      .option('--start', 'and start it')
      .option('--wait', 'with --start: return only when it has booted (see start)')
      .option('--timeout <seconds>', 'how long to --wait', seconds, BOOT_PATIENCE_SECONDS)
      .option('--set <key=value>', 'a setting (config NAME lists them)', collectWords)
      .option(
        '--user-data <file>',
        'what it does once, at its first start: #cloud-config or a script (docs/templates.md); parts of it: --set user-data.KEY=VALUE',
      )
      .addOption(
        new Option('--storage <driver>', 'how its files are kept; overlay, or else dir, if not said').choices(
          ['overlay', 'btrfs', 'dir'],
        ),
      );
  },
  run: async (context, args, options) => {
    const { output } = context;
    if (options.wait === true && options.start !== true) {
      throw new MachineError('usage', '--wait goes with --start');
    }
    const machines = await context.machines();
    const template = templateOf(options, machines);
    return interruptibleStorageWork(
      output,
      ['create', args.length > context.afterSeparator ? args[0] : ''].filter(Boolean).join(' '),
      (work) => machines.create(createRequest(context, args, { ...options, template }, work)),
      async (name, { interrupted }) => {
        // It is complete; but a person who pressed Ctrl-C does not want it started.
        const started =
          options.start === true &&
          !interrupted &&
          (await startMade(output, machines, name, waitOf(options)));
        if (output.json) output.document({ name, started });
        else output.print([name]);
        return options.start === true && !started ? 1 : 0;
      },
    );
  },
});

function waitOf({ wait, timeout }: Options): number | undefined {
  return wait === true ? timeout : undefined;
}

const USER_DATA = 'user-data.';

function settingsAndUserData({
  set = [],
  userData: file,
}: Options): Pick<CreateRequest, 'settings' | 'userData'> {
  const settings = collectSettings(set.filter((one) => !one.startsWith(USER_DATA)));
  const parts = set.filter((one) => one.startsWith(USER_DATA)).map((one) => one.slice(USER_DATA.length));
  if (file === undefined && parts.length === 0) return { settings };
  const text = file === undefined ? undefined : readUserDataFile(file);
  return { settings, userData: { text, settings: collectSettings(parts) } };
}

function readUserDataFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new MachineError('usage', `cannot read ${path}: ${(cause as NodeJS.ErrnoException).code}`, {
      subject: path,
      hint: '--user-data takes a file, or - for standard input',
      cause,
    });
  }
}

function templateOf({ template }: Options, machines: Machines): string {
  if (template !== undefined) return template;
  throw new MachineError('usage', 'what is it to be made from? Give -t TEMPLATE', {
    hint: templateHint('', machines.templates()),
  });
}

function createRequest(
  context: CommandContext,
  args: readonly string[],
  options: Options & { readonly template: string },
  { progress: fileProgress, signal }: StorageWork,
): CreateRequest {
  const own = args.length - context.afterSeparator;
  if (own > 1) {
    throw new MachineError('usage', `one name, not ${own}`, { hint: "the template's options go behind --" });
  }
  return {
    name: own === 1 ? args[0] : undefined,
    template: options.template,
    templateOptions: templateArguments(args.slice(own)),
    storage: options.storage,
    ...settingsAndUserData(options),
    progress: context.output.progress,
    fileProgress,
    signal,
  };
}
