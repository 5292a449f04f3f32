/** The options that every command takes, before or after the command's name. */
import { type Command, Option } from 'commander';
import type { BackendName } from '../../backends/backend.ts';

export interface GlobalOptions {
  readonly root: string | undefined;
  readonly backend: BackendName;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

/** Those that take a word: what follows them is not the command's name. */
export const optionsWithValue: readonly string[] = ['--root', '--backend'];

export function declareGlobalOptions(command: Command, options: { readonly hidden: boolean }): void {
  const all = [
    new Option('--root <directory>', 'where machines are kept'),
    new Option('--backend <name>', 'what runs them').choices(['native', 'nspawn']),
    new Option('--json', 'JSON on stdout (docs/json.md)'),
    new Option('-q, --quiet', 'say only what was asked for, and errors'),
    new Option('--no-color', 'no colours (as NO_COLOR does)'),
  ];
  for (const option of all) command.addOption(options.hidden ? option.hideHelp() : option);
}

/** What was given to the command or to one above it; nearest first. */
export function readGlobalOptions(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
): GlobalOptions {
  const given = (name: string): unknown => {
    for (let level: Command | null = command; level !== null; level = level.parent) {
      if (level.getOptionValueSource(name) === 'cli') return level.getOptionValue(name);
    }
    return undefined;
  };
  return {
    root: given('root') as string | undefined,
    backend: (given('backend') as BackendName | undefined) ?? 'native',
    json: given('json') === true,
    quiet: given('quiet') === true,
    // https://no-color.org: any value that is not empty.
    colour: given('color') !== false && (environment['NO_COLOR'] ?? '') === '',
  };
}
