/** Console output as log text: escape sequences removed, other control characters made visible. */
import { StringDecoder } from 'node:string_decoder';
import { visibleLines } from '../plain-text.ts';

// ECMA-48: control strings (OSC, DCS, SOS, PM, APC), control sequences (CSI), and two- or three-character escapes.
const sequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /\x1b(?:[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\[[0-?]*[ -/]*[@-~]|[ -/]*[0-OQ-WYZ\\`-~])/g;

/** A sequence longer than this is not waited for: it is made visible. */
const longestSequence = 4096;

export function logText(text: string): string {
  return visibleLines(text.replace(sequences, '').replace(/\r+\n|\r/g, '\n'));
}

/** The same for text that arrives in pieces: a sequence or character that is cut by a piece's end is kept for the next. */
export function createLogTextStream(): (bytes: Uint8Array | undefined) => string {
  const decoder = new StringDecoder('utf8');
  let kept = '';
  return (bytes) => {
    const text = kept + (bytes === undefined ? decoder.end() : decoder.write(Buffer.from(bytes)));
    const end = bytes === undefined ? text.length : completeLength(text);
    kept = text.slice(end);
    return logText(text.slice(0, end));
  };
}

function completeLength(text: string): number {
  // A carriage return may be the first half of a line end.
  if (text.endsWith('\r')) return text.search(/\r+$/);
  // The last two escapes: a control string may be closed by ESC \, whose ESC may be the last character.
  const last = text.lastIndexOf('\x1b');
  const opener = last > 0 && text.length - last <= 2 ? text.lastIndexOf('\x1b', last - 1) : -1;
  for (const start of opener === -1 ? [last] : [opener, last]) {
    if (start === -1 || text.length - start > longestSequence) continue;
    const rest = text.slice(start).replace(sequences, '');
    if (rest.startsWith('\x1b')) return start;
  }
  return text.length;
}
