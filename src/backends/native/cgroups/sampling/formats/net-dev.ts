/** /proc/PID/net/dev: proc_pid_net(5). Two lines of heads, then `NAME: ` and sixteen numbers an interface. */
import { COUNTER } from '../counters.ts';
import { add, ascii, clear, type Format, indexOf, NEWLINE, numberAt, SPACE, startsWith } from './format.ts';

const COLON = 0x3a;
const LOOPBACK = ascii('lo:');
/** Which of the numbers is what was sent; the first one is what was received. */
const SENT = 8;

const own = [COUNTER.rxBytes, COUNTER.txBytes];

/** NaN if there is nothing but a loopback: such a machine has no network to measure. */
export const netDev: Format = {
  counters: own,
  parse: (bytes, length, counters) => {
    clear(counters, own);
    for (let line = 0; line < length; ) {
      const end = indexOf(bytes, NEWLINE, line, length);
      const name = skipSpaces(bytes, line, end);
      const colon = indexOf(bytes, COLON, name, end);
      if (colon < end && !startsWith(bytes, LOOPBACK, name, end))
        addInterface(bytes, colon + 1, end, counters);
      line = end + 1;
    }
  },
};

function addInterface(bytes: Uint8Array, from: number, end: number, counters: number[]): void {
  let at = from;
  for (let column = 0; column <= SENT; column += 1) {
    at = skipSpaces(bytes, at, end);
    if (column === 0) add(counters, COUNTER.rxBytes, numberAt(bytes, at, end));
    if (column === SENT) add(counters, COUNTER.txBytes, numberAt(bytes, at, end));
    at = indexOf(bytes, SPACE, at, end);
  }
}

function skipSpaces(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at += 1;
  return at;
}
