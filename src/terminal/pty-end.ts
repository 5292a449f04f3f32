/**
 * How the end of a program on a pty is known. When the leader of the session on it ends, the kernel throws away what has not been read yet, so
 * the program does not lead: a shell does, which says behind the program's last output that this was it, and then waits to be hung up.
 */
import { randomBytes } from 'node:crypto';

export interface PtyEnd {
  /** The command line that runs the program so. */
  readonly file: string;
  readonly words: readonly string[];
  /** Takes each piece of the output in turn, and gives it without the mark. */
  readonly find: (bytes: Buffer) => { readonly bytes: Buffer; readonly ended: boolean };
}

/** Signals of keys are the program's; traps are not passed on to it. */
const script = 'trap : INT QUIT TSTP; mark=$1; shift; "$@"; printf "$mark"; read line';

const ESCAPE = 0x1b;

export function withEnd(file: string, words: readonly string[]): PtyEnd {
  // Nobody can guess it: a program that did could not do more than end its own pane.
  const name = `tsmachine-end-${randomBytes(8).toString('hex')}`;
  const mark = Buffer.from(`\x1b]${name}\x07`);
  let kept = Buffer.alloc(0);
  return {
    file: '/bin/sh',
    words: ['-c', script, 'sh', `\\033]${name}\\007`, file, ...words],
    find: (piece) => {
      const bytes = kept.length === 0 ? piece : Buffer.concat([kept, piece]);
      const at = bytes.indexOf(mark);
      if (at !== -1) return { bytes: bytes.subarray(0, at), ended: true };
      const end = beginningIn(bytes, mark);
      kept = Buffer.from(bytes.subarray(end));
      return { bytes: bytes.subarray(0, end), ended: false };
    },
  };
}

/** Where the mark may have begun, whose rest is to come; else the length. */
function beginningIn(bytes: Buffer, mark: Buffer): number {
  const at = bytes.indexOf(ESCAPE, Math.max(0, bytes.length - mark.length));
  for (let from = at; from !== -1; from = bytes.indexOf(ESCAPE, from + 1)) {
    if (mark.subarray(0, bytes.length - from).equals(bytes.subarray(from))) return from;
  }
  return bytes.length;
}
