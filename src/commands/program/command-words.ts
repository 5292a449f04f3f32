/** Finds the command in the words of a command line before they are parsed, so that only its file is loaded. */
import { optionsWithValue } from './global-options.ts';

/**
 * The index of the first word from `from` on that is not a global option or its value; -1 if there is none.
 * @param withValue further options that take a word
 */
export function commandIndex(
  words: readonly string[],
  from: number,
  withValue: readonly string[] = [],
): number {
  for (let index = from; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') return -1;
    if (!word.startsWith('-')) return index;
    if (optionsWithValue.includes(word) || withValue.includes(word)) index += 1;
  }
  return -1;
}

/** Whether an option stands before `--`: needed for errors found before or while the words are parsed. */
export function hasFlag(words: readonly string[], ...flags: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).some((word) => flags.includes(word));
}
