/** Lists of words as config_parse_strv() of systemd reads them: quotes as a shell has them, and a backslash is only that. */
import { MachineError } from '../../errors.ts';

/** Undefined where a quote is not closed: systemd then leaves out the whole line. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const character of text) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/[ \t\n\r]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

/** @throws MachineError 'unsupported' for a word that no line can hold */
export function quoteWord(key: string, word: string): string {
  if (/[\n\r\0]/.test(word)) {
    throw new MachineError('unsupported', `${key}: ${JSON.stringify(word)} has more than one line`, {
      subject: key,
      hint: 'a settings file holds one line for each value: put it into a file of the machine',
    });
  }
  if (/^[^\s"'\\]+$/.test(word)) return word;
  // What has both quotes is put together of pieces. A backslash must not be the line's last character.
  return word === ''
    ? '""'
    : (word.match(/[^"]+|"+/g) ?? []).map((piece) => `${quoteOf(piece)}${piece}${quoteOf(piece)}`).join('');
}

function quoteOf(piece: string): string {
  return piece.startsWith('"') ? "'" : '"';
}
