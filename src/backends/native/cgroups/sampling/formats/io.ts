/** Disk I/O by disk and kind: io.stat of v2 (nested keyed), blkio.throttle.* of v1 (cgroup-v1/blkio-controller.rst). */
import { COUNTER, type Counter } from '../counters.ts';
import { add, ascii, type Format, indexOf, NEWLINE, numberAt, SPACE, startsWith } from './format.ts';

const words: readonly (readonly [Uint8Array, Counter])[] = [
  [ascii('rbytes='), COUNTER.rbytes],
  [ascii('wbytes='), COUNTER.wbytes],
  [ascii('rios='), COUNTER.rios],
  [ascii('wios='), COUNTER.wios],
];

/** `8:0 rbytes=90430464 wbytes=0 rios=8950 wios=0 dbytes=0 dios=0`; no line at all where nothing was read or written yet. */
export const ioStat: Format = {
  counters: words.map(([, counter]) => counter),
  parse: (bytes, length, counters) => {
    for (const [, counter] of words) counters[counter] = 0;
    for (let at = 0; at < length; at += 1) {
      // A value begins behind a space; a line's first word is the disk.
      if (bytes[at] !== SPACE) continue;
      for (const [word, counter] of words) {
        if (!startsWith(bytes, word, at + 1, length)) continue;
        add(counters, counter, numberAt(bytes, at + 1 + word.length, length) || 0);
        break;
      }
    }
  },
};

const READ = ascii('Read ');
const WRITE = ascii('Write ');

/** `8:0 Read 90430464` and so on, closed by `Total N`, which alone is there where nothing was read or written yet. */
export function legacyIo(reads: Counter, writes: Counter): Format {
  return {
    counters: [reads, writes],
    parse: (bytes, length, counters) => {
      counters[reads] = 0;
      counters[writes] = 0;
      for (let line = 0; line < length; line = indexOf(bytes, NEWLINE, line, length) + 1) {
        const kind = indexOf(bytes, SPACE, line, length) + 1;
        if (startsWith(bytes, READ, kind, length)) {
          add(counters, reads, numberAt(bytes, kind + READ.length, length) || 0);
        } else if (startsWith(bytes, WRITE, kind, length)) {
          add(counters, writes, numberAt(bytes, kind + WRITE.length, length) || 0);
        }
      }
    },
  };
}
