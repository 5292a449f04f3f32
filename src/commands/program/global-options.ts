/** The options that every command takes, before or after the command's name. */
import { type Command, Option } from 'commander';
import type { BackendName } from '../../backends/backend.ts';
import { MachineError } from '../../machines/errors.ts';

export interface GlobalOptions {
  readonly root: string | undefined;
  /** Where the command is carried out: [user@]host; undefined: here. */
  readonly host: string | undefined;
  /** auto: each machine by whoever has it. */
  readonly backend: BackendName | 'auto';
  /** With auto: whose machines are made. */
  readonly newMachines: BackendName;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

const backends: readonly BackendName[] = ['native', 'nspawn'];

/** Those that take a word: what follows them is not the command's name. */
export const optionsWithValue: readonly string[] = ['--root', '-H', '--host', '--backend'];

export function declareGlobalOptions(command: Command, options: { readonly hidden: boolean }): void {
  const all = [
    new Option('--root <directory>', 'where machines are kept'),
    new Option('-H, --host <host>', 'do it on another host, over ssh: [user@]host (docs/remote.md)'),
    new Option('--backend <name>', 'what runs them: auto (both), or one alone').choices([
      'auto',
      ...backends,
    ]),
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
    host: given('host') as string | undefined,
    backend: (given('backend') as GlobalOptions['backend'] | undefined) ?? 'auto',
    newMachines: backendOf(environment['TSMACHINE_BACKEND'] ?? ''),
    json: given('json') === true,
    quiet: given('quiet') === true,
    // https://no-color.org: any value that is not empty.
    colour: given('color') !== false && (environment['NO_COLOR'] ?? '') === '',
  };
}

/** Of the setting of a host. */
function backendOf(setting: string): BackendName {
  if (setting === '') return 'native';
  const found = backends.find((name) => name === setting);
  if (found !== undefined) return found;
  throw new MachineError('usage', `TSMACHINE_BACKEND is ${JSON.stringify(setting)}, and no backend`, {
    hint: `set it to ${backends.join(' or ')}: it says whose machines are made where --backend does not`,
  });
}
