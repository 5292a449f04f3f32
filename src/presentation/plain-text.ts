/**
 * Text that came from a machine or a file may hold terminal escapes that retitle the window, move the cursor or reorder
 * what is read. Here they are made visible; nothing else in commands/ may print such text as it is.
 */

// C0, DEL, C1, and the characters that change the direction or the line of what follows (Unicode TR 36, TR 55). Made when text holds
// any: what Unicode says of characters takes a quarter of a millisecond to look up.
const unsafe = () => /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const unsafeButLayout = () => /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const unescapedByJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** What nearly all text is; looked for first, since it is found fast. */
const printable = /^[ -~]*$/;
const printableLines = /^[\n\t -~]*$/;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

/** For one line: names, cells, messages. */
export function visible(text: string): string {
  return printable.test(text) ? text : text.replace(unsafe(), escapeCharacter);
}

/** For text of several lines: line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return printableLines.test(text) ? text : text.replace(unsafeButLayout(), escapeCharacter);
}

/** JSON that is safe on a terminal: JSON.stringify leaves DEL, C1 and direction marks as they are. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unescapedByJson, unicodeEscape);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return (
    short[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(character))
  );
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
