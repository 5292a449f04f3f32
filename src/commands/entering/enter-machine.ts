/** What exec and shell share: options, the choice of a terminal, and the command's own exit code. */
import { Command } from 'commander';
import type { ExecRequest } from '../../backends/backend.ts';
import { MachineError } from '../../machines/errors.ts';
import type { CommandContext } from '../program/command-definition.ts';
import { declareGlobalOptions } from '../program/global-options.ts';
import { collectPairs } from '../program/option-values.ts';

export interface EnterOptions {
  readonly user?: string;
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Undefined: only if stdin and stdout are terminals. */
  readonly terminal?: boolean;
}

export function declareEnterOptions(command: Command): Command {
  return command
    .option('-u, --user <user>', 'as this user of the machine, a name or UID[:GID] (root)')
    .option('-w, --directory <path>', "in this directory of the machine (the user's home)")
    .option('-e, --env <key=value>', 'an environment variable', collectPairs)
    .option('-t, --terminal', 'on a terminal of the machine')
    .option('-T, --no-terminal', 'not on a terminal');
}

/**
 * `exec NAME -u USER -- CMD -x`: options may stand behind the name, but all words from the command on are its own, with
 * `--` or without. So what stands behind the name is parsed a second time, up to its first operand.
 */
export function parseBehindName(
  words: readonly string[],
  before: EnterOptions,
): { readonly options: EnterOptions; readonly operands: readonly string[] } {
  return parseBehind('exec', words, before, declareEnterOptions);
}

export function parseBehind<Options extends EnterOptions>(
  name: string,
  words: readonly string[],
  before: Options,
  declare: (command: Command) => Command,
): { readonly options: Options; readonly operands: readonly string[] } {
  const command = declare(new Command(name))
    .argument('[command...]')
    .passThroughOptions()
    // Thrown, not printed, and the process goes on: wrong words here are told as those before the name are.
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  declareGlobalOptions(command, { hidden: true });
  const { operands, unknown } = command.parseOptions([...words]);
  if (unknown.length > 0) {
    throw new MachineError('usage', `unknown option '${unknown[0]}'`, { hint: `tsmachine ${name} --help` });
  }
  const after: Options & { readonly host?: string } = command.opts();
  if (after.host !== undefined) {
    throw new MachineError('usage', '--host stands behind the machine', {
      hint: `before it: tsmachine ${name} --host ${after.host} ...`,
    });
  }
  return { options: { ...before, ...after, env: { ...before.env, ...after.env } }, operands };
}

export function execRequest(
  { output, environment }: CommandContext,
  argv: readonly [string, ...string[]] | undefined,
  options: EnterOptions,
): ExecRequest {
  const { isTerminal } = output.terminals;
  const terminal = options.terminal ?? (isTerminal(0) && isTerminal(1));
  const type = environment['TERM'];
  return {
    argv,
    user: options.user ?? 'root',
    workingDirectory: options.directory,
    environment: { ...(terminal && type !== undefined ? { TERM: type } : {}), ...options.env },
    terminal,
    stdio: 'inherit',
  };
}

export async function enterMachine(
  context: CommandContext,
  name: string,
  argv: readonly [string, ...string[]] | undefined,
  options: EnterOptions,
): Promise<number> {
  const machines = await context.machines();
  return (await machines.exec(name, execRequest(context, argv, options))).exitCode;
}
