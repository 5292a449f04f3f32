/**
 * How a connection to a bus begins (D-Bus Specification, Authentication Protocol): we say who we are, which the bus sees for itself by the socket
 * (EXTERNAL). All is said at once, and calls behind it: the bus takes it in order, and who waits for each answer loses round trips.
 */
import type { Socket } from 'node:net';
import { LinkLost } from './failures.ts';

const LINE_FEED = 0x0a;
/** Far above what a bus says of itself: a line of some forty bytes. */
const LONGEST = 1024;

export function greeting(uid: number): string {
  return `\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\nBEGIN\r\n`;
}

/** Takes the bus's answer, a line, off the stream. `accepted` is called if messages follow, else `refused`. */
export function takeGreeting(
  stream: Socket,
  accepted: () => void,
  refused: (refused: LinkLost) => void,
): void {
  let seen = Buffer.alloc(0);
  const read = (): void => {
    const more: Buffer | null = stream.read();
    if (more !== null) seen = Buffer.concat([seen, more]);
    const end = seen.indexOf(LINE_FEED);
    if (end < 0 && seen.length <= LONGEST) return;
    stream.removeListener('readable', read);
    const line = seen.toString('latin1', 0, end < 0 ? LONGEST : end).trim();
    if (/^OK\b/.test(line)) {
      stream.unshift(seen.subarray(end + 1));
      accepted();
    } else {
      refused(
        new LinkLost(`the bus does not let us in: ${line}`, /^REJECTED\b/.test(line) ? 'EACCES' : undefined),
      );
    }
  };
  stream.on('readable', read);
}
