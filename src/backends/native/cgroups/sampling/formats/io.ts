/**
 * Disk I/O by disk and kind: io.stat of v2 (nested keyed), blkio.throttle.* and blkio.bfq.* of v1
 * (cgroup-v1/blkio-controller.rst).
 */
import { COUNTER, type Counter } from '../counters.ts';
import { add, ascii, clear, type Format, indexOf, NEWLINE, numberAt, SPACE, startsWith } from './format.ts';

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
const TOTAL = ascii('Total');

/**
 * `8:0 Read 90430464` and so on, closed by `Total N`: of the throttling counters, and behind them of BFQ's, in the same form. Newer kernels
 * count the first for a disk only from when any group was limited on it, the others only while BFQ schedules it; so of a disk that is in both
 * the larger number is meant. NaN if there is no disk: nothing was read or written yet, or nobody counts it.
 */
export function legacyIo(reads: Counter, writes: Counter): Format {
  const own = [reads, writes];
  return {
    counters: own,
    parse: (bytes, length, counters) => {
      clear(counters, own);
      const second = behindTotal(bytes, length);
      for (let line = 0; line < length; line = indexOf(bytes, NEWLINE, line, length) + 1) {
        const kind = indexOf(bytes, SPACE, line, length) + 1;
        if (startsWith(bytes, READ, kind, length)) {
          addLine(bytes, line, kind + READ.length, second, length, counters, reads);
        } else if (startsWith(bytes, WRITE, kind, length)) {
          addLine(bytes, line, kind + WRITE.length, second, length, counters, writes);
        }
      }
    },
  };
}

/** Where the second file begins. */
function behindTotal(bytes: Uint8Array, length: number): number {
  let line = 0;
  while (line < length && !startsWith(bytes, TOTAL, line, length))
    line = indexOf(bytes, NEWLINE, line, length) + 1;
  return Math.min(length, indexOf(bytes, NEWLINE, line, length) + 1);
}

/** @param value where the line's number begins */
function addLine(
  bytes: Uint8Array,
  line: number,
  value: number,
  second: number,
  length: number,
  counters: number[],
  counter: Counter,
): void {
  const inFirst = line < second;
  const other = inFirst
    ? valueLike(bytes, line, value, second, length)
    : valueLike(bytes, line, value, 0, second);
  // What is in both was counted with the first.
  if (!inFirst && !Number.isNaN(other)) return;
  const here = numberAt(bytes, value, length) || 0;
  add(counters, counter, Math.max(other || 0, here));
}

/** The number of a line between `from` and `to` that begins as this one does; NaN if there is none. */
function valueLike(bytes: Uint8Array, line: number, value: number, from: number, to: number): number {
  for (let at = from; at < to; at = indexOf(bytes, NEWLINE, at, to) + 1) {
    let same = 0;
    while (line + same < value && bytes[at + same] === bytes[line + same]) same += 1;
    if (line + same === value) return numberAt(bytes, at + same, to) || 0;
  }
  return Number.NaN;
}
