/** What a command file exports: how its arguments are declared, and what it does with them. */
import type { Command } from 'commander';
import type { Machines } from '../../machines/machines.ts';
import type { Output } from '../../presentation/output/output.ts';

/** The full screen. Resolves with the exit code when it was left. */
export type OpenDashboard = (machines: Machines, choice: DashboardChoice) => Promise<number>;

export interface DashboardChoice {
  /** Line by line, in place of the full screen. */
  readonly plain: boolean;
  readonly readOnly: boolean;
  /** Undefined: as it is kept. */
  readonly theme: string | undefined;
  readonly colour: boolean;
  /** Whether glyphs beyond ASCII can be shown. */
  readonly unicode: boolean;
}

export interface CommandContext {
  readonly output: Output;
  /**
   * Opened at the first call, so that a command that needs no machine touches no file. `root` instead of the one that
   * this command line names: for completion, which looks into another command line.
   */
  readonly machines: (root?: string) => Promise<Machines>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly openDashboard: OpenDashboard;
  /** How many of the arguments stand behind `--`. */
  readonly afterSeparator: number;
}

/** What completion offers for a word. `source` is NAME or NAME@SNAPSHOT, `setting` is KEY=, `files` leaves it to the shell. */
export type Completion =
  | 'machine'
  | 'snapshot'
  | 'source'
  | 'trash-entry'
  | 'template'
  | 'template-option'
  | 'image'
  | 'setting'
  | 'state'
  | 'column'
  | 'usage-column'
  | 'signal'
  | 'storage'
  | 'shell'
  | 'files'
  | 'nothing';

export interface CommandDefinition {
  /** "start" in "cannot start web": what failed, before the first argument. */
  readonly attempt: string;
  readonly declare: (command: Command) => void;
  /** Resolves with the exit code. */
  readonly run: (context: CommandContext, args: readonly string[], options: never) => Promise<number>;
  /** Instead of the codes of failure.ts, for exec and shell, whose codes are the command's own. */
  readonly failureExitCode?: number;
  /** What follows the first argument are a command's words in a machine, and no options of ours. */
  readonly passesOptionsThrough?: true;
  /** By position; the last one stands for all that follow. */
  readonly completeArguments: readonly Completion[];
  /** By long option. */
  readonly completeOptions?: Readonly<Record<string, Completion>>;
}

/** Ties the type of the options to `run`; commander itself gives them untyped. */
export function defineCommand<Options extends object>(
  definition: Omit<CommandDefinition, 'run'> & {
    readonly run: (context: CommandContext, args: readonly string[], options: Options) => Promise<number>;
  },
): CommandDefinition {
  return definition;
}
