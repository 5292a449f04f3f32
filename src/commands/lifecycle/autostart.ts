import { InvalidArgumentError } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import { startBatches, stopBatches } from '../../machines/looking/autostart-order.ts';
import type { AutostartMachine } from '../../machines/machines.ts';
import { isGroupName } from '../../machines/values/group-name.ts';
import { autostartRows } from '../../presentation/lists/autostart-rows.ts';
import { formatTable } from '../../presentation/table.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { BOOT_PATIENCE_SECONDS, seconds } from '../program/option-values.ts';
import { actInTurn } from '../program/several-machines.ts';
import { stopResult, withLadder } from './stop-ladder.ts';

interface Options {
  readonly group?: readonly string[];
  readonly all?: true;
  readonly list?: true;
  readonly shutdown?: true;
  readonly wait?: true;
  readonly timeout: number;
}

export const command = defineCommand<Options>({
  attempt: 'start with the host',
  completeArguments: [],
  completeOptions: { '--group': 'nothing' },
  declare: (command) => {
    command
      .option('-g, --group <group,...>', 'those of these groups alone (autostart.groups)', groupNames)
      .option('-a, --all', 'those without autostart=yes too')
      .option('-L, --list', 'only show which, in the order of their start')
      .option('-s, --shutdown', 'stop them, in the reverse order')
      .option('-w, --wait', 'the next one waits until a machine has booted, as its init says')
      .option('-t, --timeout <seconds>', 'with --shutdown: how long to wait before killing', seconds, 30)
      .addHelpText('after', help);
  },
  run: async (context, _, options) => {
    if (options.list === true && options.shutdown === true) {
      throw new MachineError('usage', 'either --list or --shutdown, not both');
    }
    const choice = { groups: options.group ?? [], all: options.all === true };
    const chosen = await (await context.machines()).autostartMachines(choice);
    if (options.list === true) return show(context, chosen);
    if (options.shutdown === true) return shutDown(context, chosen, options.timeout);
    return startAll(context, chosen, options.wait === true);
  },
});

/** What runs already is not waited for: a second call does nothing. */
function startAll(
  context: CommandContext,
  chosen: readonly AutostartMachine[],
  wait: boolean,
): Promise<number> {
  const stopped = chosen.filter(({ state }) => state === 'stopped' || state === 'error');
  return actInTurn(context, startBatches(stopped), {
    attempt: 'start',
    act: async (machines, name) => {
      const started = await machines.start(name, { ifNeeded: true });
      if (wait) await machines.waitUntilReady(name, BOOT_PATIENCE_SECONDS);
      return { words: started ? 'started' : 'running already', fields: { started } };
    },
  });
}

function shutDown(
  context: CommandContext,
  chosen: readonly AutostartMachine[],
  timeout: number,
): Promise<number> {
  const up = chosen.filter(({ state, waits }) => state !== 'stopped' || waits);
  const ladder = {
    attempt: 'stop',
    timeout,
    stop: (machines, name, stopOptions) => machines.stop(name, stopOptions),
    result: stopResult(timeout),
  } as const satisfies Parameters<typeof withLadder>[1];
  return withLadder(context, ladder, (act) => actInTurn(context, stopBatches(up), act));
}

function show({ output }: CommandContext, machines: readonly AutostartMachine[]): number {
  if (output.json) {
    output.document({ machines: machines.map(({ waits: _, ...machine }) => machine) });
  } else if (machines.length > 0) {
    const { heads, rows } = autostartRows(machines);
    output.print(formatTable(heads, rows, output.paint));
  } else if (!output.quiet) {
    output.note('no machine starts with the host: tsmachine set NAME autostart=yes');
  }
  return 0;
}

function groupNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((word) => word.trim());
  if (!names.every(isGroupName)) throw new InvalidArgumentError('It must be names of groups.');
  return [...before, ...names];
}

const help = `
Those with a higher autostart.priority first, then by name; after each its autostart.delay is waited. The unit for systemd calls it at
the boot, and with --shutdown --all when the host goes down.

  tsmachine set db autostart=yes autostart.priority=10 autostart.delay=5s
  tsmachine set web autostart=yes autostart.groups=shop
  tsmachine autostart --list`;
