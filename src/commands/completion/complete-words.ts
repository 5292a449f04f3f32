/** Finds out what the last word of a command line may be. Touches no machine: the answer to the wish does (answer.ts). */
import { Command, type Option } from 'commander';
import { type CatalogueCommand, type CatalogueEntry, catalogue, findEntry } from '../program/catalogue.ts';
import type { CommandDefinition, Completion } from '../program/command-definition.ts';
import { commandIndex } from '../program/command-words.ts';
import { declareGlobalOptions } from '../program/global-options.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What is wanted in place of the last word. */
export interface Wish {
  readonly kind: Completion | 'fixed';
  /** What the person typed of it, and what stands before it in the same word (`--state=`). */
  readonly typed: string;
  readonly prefix: string;
  /** For kind `fixed`. */
  readonly candidates: readonly Candidate[];
  /** The words that the command has already: a machine is not offered twice. */
  readonly taken: readonly string[];
  readonly root: string | undefined;
  /** The value of --template, if any. */
  readonly template: string | undefined;
}

export async function completeWords(words: readonly string[]): Promise<Wish> {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const blank: Wish = {
    kind: 'nothing',
    typed: last,
    prefix: '',
    candidates: [],
    taken: [],
    root: optionValue(before, '--root'),
    template: optionValue(before, '-t', '--template'),
  };
  const at = commandIndex(before, 0);
  if (before[at] === 'help') return { ...blank, ...completeHelp(before.slice(at + 1), last) };
  const found = findCommand(before);
  if (found === undefined) return { ...blank, ...completeNames(catalogue, before, last) };
  if ('children' in found.entry) return { ...blank, ...completeNames(found.entry.children, [], last) };
  return { ...blank, ...(await completeCommand(found.entry, before.slice(found.index + 1), last)) };
}

/** `help` takes the names of a command, and no options and machines. */
function completeHelp(before: readonly string[], last: string): Partial<Wish> {
  if (before.length === 0) return completeNames(catalogue, [], last);
  const entry = findEntry(catalogue, before[0]);
  const isGroup = entry !== undefined && 'children' in entry && before.length === 1;
  return isGroup ? completeNames(entry.children, [], last) : {};
}

function findCommand(words: readonly string[]): { entry: CatalogueEntry; index: number } | undefined {
  const index = commandIndex(words, 0);
  const entry = findEntry(catalogue, words[index]);
  if (entry === undefined || 'load' in entry) return entry && { entry, index };
  const childIndex = commandIndex(words, index + 1);
  const child = findEntry(entry.children, words[childIndex]);
  return child === undefined ? { entry, index } : { entry: child, index: childIndex };
}

/** Names of commands; an alias only once it is begun, so that the list stays short. */
function completeNames(
  entries: readonly CatalogueEntry[],
  before: readonly string[],
  last: string,
): Partial<Wish> {
  const globals = new Command();
  declareGlobalOptions(globals, { hidden: false });
  const option = findOption(globals, before.at(-1));
  if (option?.required === true) return valueWish(option, undefined, last, '');
  if (commandIndex(before, 0) !== -1) return {};
  if (last.startsWith('-')) return optionNames(globals);
  const candidates = entries
    .filter((entry) => entry.hidden !== true)
    .flatMap(({ name, aliases, summary }) =>
      [name, ...(last === '' ? [] : aliases)].map((value) => ({ value, description: summary })),
    );
  return { kind: 'fixed', candidates };
}

async function completeCommand(
  entry: CatalogueCommand,
  before: readonly string[],
  last: string,
): Promise<Partial<Wish>> {
  const definition = await entry.load();
  const command = new Command();
  declareGlobalOptions(command, { hidden: false });
  definition.declare(command);
  const separator = before.indexOf('--');
  const operands = operandsOf(command, before);
  if (separator === -1) {
    const option = findOption(command, before.at(-1));
    if (option?.required === true) return valueWish(option, definition, last, '');
    const equals = last.indexOf('=');
    const inline =
      last.startsWith('--') && equals !== -1 ? findOption(command, last.slice(0, equals)) : undefined;
    if (inline !== undefined)
      return valueWish(inline, definition, last.slice(equals + 1), last.slice(0, equals + 1));
    if (last.startsWith('-')) return optionNames(command);
  }
  const position = Math.min(operands.length, definition.completeArguments.length - 1);
  return { kind: definition.completeArguments[position] ?? 'nothing', taken: operands };
}

function operandsOf(command: Command, words: readonly string[]): readonly string[] {
  return words.filter((word, index) => {
    if (word.startsWith('-')) return false;
    return findOption(command, words[index - 1])?.required !== true;
  });
}

function valueWish(
  option: Option,
  definition: CommandDefinition | undefined,
  typed: string,
  prefix: string,
): Partial<Wish> {
  if (option.argChoices !== undefined) {
    const candidates = option.argChoices.map((value) => ({ value, description: '' }));
    return { kind: 'fixed', candidates, typed, prefix };
  }
  const own = definition?.completeOptions?.[option.long ?? ''];
  return { kind: own ?? (option.long === '--root' ? 'files' : 'nothing'), typed, prefix };
}

function optionNames(command: Command): Partial<Wish> {
  const candidates = command.options
    .filter((option) => option.long !== undefined)
    .map((option) => ({ value: option.long ?? '', description: option.description }));
  return { kind: 'fixed', candidates: [...candidates, { value: '--help', description: 'print help' }] };
}

function findOption(command: Command, word: string | undefined): Option | undefined {
  return command.options.find(({ short, long }) => word !== undefined && (word === short || word === long));
}

function optionValue(words: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (names.includes(word)) return words[index + 1];
    const name = names.find((candidate) => candidate.startsWith('--') && word.startsWith(`${candidate}=`));
    if (name !== undefined) return word.slice(name.length + 1);
  }
  return undefined;
}
