/** What a terminal's answers to queries look like, so that they can be told from the keys between which they arrive. Pure. */

const answers = new RegExp(
  [
    // Cursor, status, attributes, window reports, modes.
    '\\x1b\\[[?>]?[\\d;]*(?:[Rnct]|\\$y)',
    // Keyboard modes; without the question mark it is a key.
    '\\x1b\\[\\?\\d*u',
    // Colours, the clipboard, titles (OSC), settings, capabilities, terminal version (DCS).
    '\\x1b[\\]P][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)',
  ].join('|'),
  'g',
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const unfinished = /\x1b(?:\[[?>]?[\d;]*\$?|[\]P][^\x07\x1b]*\x1b?)?$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const stringStart = /^(\x1b[\]P])[^\x1b]*/;

const ESCAPE = 0x1b;

export interface Heard {
  readonly answers: number;
  /** Whether there is anything else: keys, or an answer that has no form. */
  readonly text: boolean;
}

/** Tells of each piece of the input how many answers end in it. */
export function createAnswerDetector(): (bytes: Buffer) => Heard {
  let kept = '';
  return (bytes) => {
    if (kept === '' && !bytes.includes(ESCAPE)) return { answers: 0, text: true };
    const input = kept + bytes.toString('latin1');
    const end = input.search(unfinished);
    const whole = end === -1 ? input : input.slice(0, end);
    // What a string says does not matter, and a clipboard may be long.
    kept = input.slice(whole.length).replace(stringStart, '$1');
    return { answers: whole.match(answers)?.length ?? 0, text: whole.replace(answers, '') !== '' };
  };
}
