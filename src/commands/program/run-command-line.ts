/** From the words of a command line to an exit code; nothing below it ends the process. */
import { existsSync } from 'node:fs';
import { CommanderError } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import type { Machines } from '../../machines/machines.ts';
import { nearest } from '../../machines/names/nearest.ts';
import { exitCodeOf, printFailure } from '../../presentation/output/failure.ts';
import { createOutput, type Output, type Terminals } from '../../presentation/output/output.ts';
import { argumentPositions, endOfOptions, withoutOption } from './argument-positions.ts';
import { type CatalogueGroup, catalogue, findEntry } from './catalogue.ts';
import type { CommandContext, OpenDashboard } from './command-definition.ts';
import { commandIndex, hasFlag } from './command-words.ts';
import { type GlobalOptions, readGlobalOptions } from './global-options.ts';
import { buildProgram, type Chosen } from './program.ts';

/** What the composition root gives. */
export interface Host {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminals: Terminals;
  readonly openMachines: (options: GlobalOptions) => Promise<Machines>;
  readonly openDashboard: OpenDashboard;
  readonly runRemotely: (request: RemoteRequest) => Promise<number>;
}

/** Of a command line with --host. */
export interface RemoteRequest {
  readonly destination: string;
  /** The command's name, without its group. */
  readonly name: string;
  /** All words as they were given, without --host. */
  readonly words: readonly string[];
  /** Those of `words` that are arguments, in order, by index. */
  readonly positions: readonly number[];
  /** Standard input, output and error are all one terminal. */
  readonly onTerminal: boolean;
  /** For what is done on this side. */
  readonly output: Output;
}

export async function runCommandLine(given: readonly string[], host: Host): Promise<number> {
  const words = withDefaultCommand(given, host.terminals);
  const { program, chosen } = await buildProgram(words, {
    version: host.version,
    writeOut: (text) => host.terminals.write(1, text),
  });
  let exitCode = 0;
  chosen?.command.action(async () => {
    exitCode = await runChosen(chosen, words, host);
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = error instanceof CommanderError ? usageError(error, chosen, words) : error;
    printFailure(failure, attemptOf(chosen, words, error), hasFlag(words, '--json'), host.terminals);
    return chosen?.definition.failureExitCode ?? exitCodeOf(failure);
  }
}

/** Of the dashboard, which needs no command before them. */
const dashboardOptionsWithValue = ['--theme'];

/** Alone it is the dashboard for who sits at a terminal, and the list for all others. */
function withDefaultCommand(words: readonly string[], { isTerminal }: Terminals): readonly string[] {
  const named = commandIndex(words, 0, dashboardOptionsWithValue) !== -1;
  if (named || hasFlag(words, '-h', '--help', '-V', '--version')) return words;
  const seen = isTerminal(0) && isTerminal(1) && !hasFlag(words, '--json');
  return seen ? ['dashboard', ...words] : [...words, 'list'];
}

async function runChosen(
  { definition, command }: Chosen,
  words: readonly string[],
  host: Host,
): Promise<number> {
  const options = readGlobalOptions(command, host.environment);
  if (options.host !== undefined && !OF_THIS_HOST.includes(command.name())) {
    const output = createOutput(options, host.terminals, host.environment);
    return host.runRemotely(remoteRequest(options.host, { definition, command }, words, output));
  }
  refuseCommandAsRoot(options.root);
  let opened: Promise<Machines> | undefined;
  const context: CommandContext = {
    output: createOutput(options, host.terminals, host.environment),
    environment: host.environment,
    openDashboard: host.openDashboard,
    afterSeparator: countAfterSeparator(words),
    machines: (root = options.root) => {
      opened ??= host.openMachines({ ...options, root });
      return opened;
    },
  };
  return definition.run(context, command.args, command.opts() as never);
}

/** Of a --root without its folder, which takes the command that follows it. */
function refuseCommandAsRoot(root: string | undefined): void {
  if (root === undefined || findEntry(catalogue, root) === undefined || existsSync(root)) return;
  throw new MachineError('usage', `--root takes a folder, and "${root}" is a command`, {
    hint: `tsmachine --root DIRECTORY ${root}; a new folder of that name: --root ./${root}`,
  });
}

/** What says something about this program, and asks no machine. */
const OF_THIS_HOST = ['completion'];

function remoteRequest(
  destination: string,
  { definition, command }: Chosen,
  given: readonly string[],
  output: Output,
): RemoteRequest {
  const { isTerminal } = output.terminals;
  const depth = command.parent?.parent == null ? 1 : 2;
  const [first] = definition.passesOptionsThrough ? argumentPositions(given, command, depth) : [];
  const words = withoutOption(given, ['-H', '--host'], endOfOptions(given, first));
  return {
    destination,
    name: command.name(),
    words,
    positions: argumentPositions(words, command, depth),
    onTerminal: isTerminal(0) && isTerminal(1) && isTerminal(2),
    output,
  };
}

function countAfterSeparator(words: readonly string[]): number {
  return words.includes('--') ? words.length - words.indexOf('--') - 1 : 0;
}

/** "start web"; wrong usage is told without it, since what was attempted is not known yet. */
function attemptOf(chosen: Chosen | undefined, words: readonly string[], error: unknown): string | undefined {
  if (chosen === undefined || error instanceof CommanderError) return undefined;
  const { args } = chosen.command;
  // What stands behind -- is no machine.
  const subject = args.length > countAfterSeparator(words) ? args[0] : '';
  return [chosen.definition.attempt, subject].filter(Boolean).join(' ');
}

/** Help was asked for, or shown in place of a command that is not there. */
function helpError(words: readonly string[]): MachineError {
  const first = commandIndex(words, 0);
  const second = words[commandIndex(words, first + 1)];
  if (words[first] === 'help' && second !== undefined) {
    const meant = nearest(
      second,
      catalogue.map(({ name }) => name),
    );
    return new MachineError('usage', `unknown command '${second}'`, {
      hint: meant === undefined ? 'tsmachine --help' : `Did you mean ${meant}?`,
    });
  }
  const group = groupAt(words, first);
  return new MachineError('usage', 'a command is missing', {
    hint:
      group === undefined
        ? 'tsmachine --help'
        : `tsmachine ${group.name} ${group.children.map(({ name }) => name).join('|')}`,
  });
}

function groupAt(words: readonly string[], index: number): CatalogueGroup | undefined {
  const entry = findEntry(catalogue, words[index]);
  return entry !== undefined && 'children' in entry ? entry : undefined;
}

function usageError(
  error: CommanderError,
  chosen: Chosen | undefined,
  words: readonly string[],
): MachineError {
  if (error.code === 'commander.help') return helpError(words);
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return new MachineError('usage', message, {
    hint: suggestion?.replace(/^\((.*)\)$/, '$1') ?? usageHint(error, chosen, words),
    cause: error,
  });
}

/** Of too few and too many words: what they are. Else where it is told. */
function usageHint({ code }: CommanderError, chosen: Chosen | undefined, words: readonly string[]): string {
  if (chosen === undefined) {
    const group = groupAt(words, commandIndex(words, 0));
    return ['tsmachine', group?.name, '--help'].filter(Boolean).join(' ');
  }
  const { command } = chosen;
  const named = [command.parent?.parent == null ? '' : command.parent.name(), command.name()];
  const line = ['tsmachine', ...named].filter(Boolean).join(' ');
  const counts = code === 'commander.missingArgument' || code === 'commander.excessArguments';
  return counts ? `usage: ${line} ${command.usage()}` : `${line} --help`;
}
