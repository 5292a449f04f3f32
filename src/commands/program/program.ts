/** Builds the commander program: global options, the command asked for, and names alone for all others. */
import { Command } from 'commander';
import { type CatalogueCommand, type CatalogueEntry, catalogue, findEntry } from './catalogue.ts';
import type { CommandDefinition } from './command-definition.ts';
import { commandIndex } from './command-words.ts';
import { declareGlobalOptions } from './global-options.ts';

/** A command that was found and declared, with what it is to be run as. */
export interface Chosen {
  readonly definition: CommandDefinition;
  readonly command: Command;
}

export interface Program {
  readonly program: Command;
  readonly chosen: Chosen | undefined;
}

const description =
  'Manages Linux system containers. Without a command: the dashboard, or list where there is no terminal.';

const epilogue = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no such machine, 4 wrong state for it;
exec and shell: the command's own, 125 tsmachine failed, 126 not executable, 127 not found, 128+N signal N.`;

export interface ProgramSettings {
  readonly version: string;
  /** Where help goes. */
  readonly writeOut: (text: string) => void;
}

export async function buildProgram(words: readonly string[], settings: ProgramSettings): Promise<Program> {
  const program = new Command('tsmachine')
    .description(description)
    .version(settings.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: settings.writeOut,
      outputError: () => undefined,
      writeErr: () => undefined,
    });
  declareGlobalOptions(program, { hidden: false });
  const { entry, index } = wanted(words);
  if (entry === undefined) {
    program.addHelpText('after', epilogue).helpCommand('help [command]', 'help for a command');
    for (const other of catalogue) mountName(program, other);
    return { program, chosen: undefined };
  }
  return { program, chosen: await mount(program, entry, words, index) };
}

function wanted(words: readonly string[]): { entry: CatalogueEntry | undefined; index: number } {
  let index = commandIndex(words, 0);
  if (words[index] === 'help') index = commandIndex(words, index + 1);
  return { entry: findEntry(catalogue, words[index]), index };
}

async function mount(
  parent: Command,
  entry: CatalogueEntry,
  words: readonly string[],
  index: number,
): Promise<Chosen | undefined> {
  if ('load' in entry) return mountCommand(parent, entry);
  const group = named(parent, entry).enablePositionalOptions();
  declareGlobalOptions(group, { hidden: true });
  const child = findEntry(entry.children, words[commandIndex(words, index + 1)]);
  if (child !== undefined) return mountCommand(group, child);
  for (const other of entry.children) mountName(group, other);
  return undefined;
}

async function mountCommand(parent: Command, entry: CatalogueCommand): Promise<Chosen> {
  const definition = await entry.load();
  const command = named(parent, entry);
  declareGlobalOptions(command, { hidden: true });
  definition.declare(command);
  return { definition, command };
}

/** Enough for help and for "did you mean". */
function mountName(parent: Command, entry: CatalogueEntry): void {
  named(parent, entry).helpGroup(entry.group);
}

function named(parent: Command, entry: CatalogueEntry): Command {
  return parent
    .command(entry.name, { hidden: entry.hidden === true })
    .aliases([...entry.aliases])
    .description(entry.summary)
    .helpOption('-h, --help', 'print help');
}
