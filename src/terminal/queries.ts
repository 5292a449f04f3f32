/**
 * Programs ask a terminal questions (busybox asks at every prompt where the cursor is), and it answers as if typed. Earlier
 * output that is shown again must not ask again: nobody waits for the answer, and it would end as keys in the
 * machine, or in the person's own shell. Pure.
 */

const queries = new RegExp(
  [
    // Device status and attributes, terminal version, keyboard modes.
    '\\x1b\\[\\??[\\d;]*n',
    '\\x1b\\[[>=]?[\\d;]*c',
    '\\x1b\\[>[\\d;]*q',
    '\\x1b\\[\\?u',
    // Modes (DECRQM), window reports.
    '\\x1b\\[\\??[\\d;]*\\$p',
    '\\x1b\\[(?:1[13-9]|2[01])t',
    // Colours and the clipboard (OSC), settings and capabilities (DCS).
    '\\x1b\\](?:4;\\d+|1\\d|52;[^;\\x07\\x1b]*);\\?(?:\\x07|\\x1b\\\\)',
    '\\x1bP[$+]q[^\\x1b]*\\x1b\\\\',
    // Identify terminal (DECID), answerback (ENQ).
    '\\x1bZ',
    '\\x05',
  ].join('|'),
  'g',
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const unfinished = /\x1b(?:\[[?>=]?[\d;]*\$?|\][^\x07\x1b]*\x1b?|P[^\x1b]*\x1b?)?$/;

/** Longer than any query. */
const longestQuery = 256;

const ESCAPE = 0x1b;
const ENQUIRY = 0x05;

/** The only query whose answer has no form of its own. */
export const answerbackQuery = '\x05';

/** Takes the queries out of the first `replayBytes` bytes of a stream; what follows passes as it is. */
export function createQueryFilter(replayBytes: number): (bytes: Buffer) => Buffer {
  let left = replayBytes;
  let kept = '';
  return (bytes) => {
    if (left <= 0) return bytes;
    const replay = kept + bytes.subarray(0, left).toString('latin1');
    const live = bytes.subarray(left);
    left -= bytes.length;
    // At the end of the replay nothing is held back: what is cut there is asked now.
    const end = left > 0 ? heldBackFrom(replay) : replay.length;
    kept = replay.slice(end);
    return Buffer.concat([Buffer.from(replay.slice(0, end).replace(queries, ''), 'latin1'), live]);
  };
}

/** Gives of each piece of a stream the queries that end in it. */
export function createQueryDetector(): (bytes: Buffer) => readonly string[] {
  let kept = '';
  return (bytes) => {
    // Most output is plain text, and a flood of it should cost no more than this look.
    if (kept === '' && !bytes.includes(ESCAPE) && !bytes.includes(ENQUIRY)) return [];
    const text = kept + bytes.toString('latin1');
    const end = heldBackFrom(text);
    kept = text.slice(end);
    return text.slice(0, end).match(queries) ?? [];
  };
}

function heldBackFrom(text: string): number {
  const tail = Math.max(0, text.length - longestQuery);
  const at = text.slice(tail).search(unfinished);
  return at === -1 ? text.length : tail + at;
}
