/** Where in the words of a command line its arguments stand: what is no option, no value of one, and no command's name. */
import type { Command } from 'commander';
import { commandIndex } from './command-words.ts';

/** Indices into `words`, in order. `depth`: how many names the command has, 2 for one of a group. */
export function argumentPositions(
  words: readonly string[],
  command: Command,
  depth: number,
): readonly number[] {
  const withValue = command.options.filter(({ required, optional }) => required || optional);
  const takesNext = (word: string): boolean =>
    withValue.some(({ short, long }) => word === short || word === long);
  let index = -1;
  for (let level = 0; level < depth; level += 1) index = commandIndex(words, index + 1);
  const found: number[] = [];
  for (let at = index + 1, ended = false; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!ended && word === '--') ended = true;
    else if (!ended && word.startsWith('-') && word !== '-') at += takesNext(word) ? 1 : 0;
    else found.push(at);
  }
  return found;
}

/** The words without an option that takes a word, as far as it stands before the word at `end`. */
export function withoutOption(
  words: readonly string[],
  names: readonly string[],
  end: number,
): readonly string[] {
  return words.filter((word, index) => {
    if (index >= end) return true;
    const isValue = names.includes(words[index - 1] ?? '');
    return !isValue && !names.some((name) => word === name || word.startsWith(`${name}=`));
  });
}

/** Where the words begin that are no options of ours, whatever they look like. */
export function endOfOptions(words: readonly string[], firstArgument: number | undefined): number {
  const separator = words.indexOf('--');
  return Math.min(separator === -1 ? words.length : separator, firstArgument ?? words.length);
}
