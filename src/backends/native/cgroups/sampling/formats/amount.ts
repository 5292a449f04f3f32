/** Files of one value, or of a few on one line. */
import type { Counter } from '../counters.ts';
import { type Format, indexOf, numberAt, SPACE } from './format.ts';

/** v1 writes the largest number of pages for "no limit": 2^63 less a page. */
const LEGACY_UNLIMITED = 2 ** 62;
const MINUS = 0x2d;
const M = 0x6d;

/** `max`, and v1's -1 and its largest number, are Infinity. */
export function amountAt(bytes: Uint8Array, from: number, length: number): number {
  if (bytes[from] === M || bytes[from] === MINUS) return Number.POSITIVE_INFINITY;
  const value = numberAt(bytes, from, length);
  return value >= LEGACY_UNLIMITED ? Number.POSITIVE_INFINITY : value;
}

/** @param scale what one unit of the file is */
export function amount(counter: Counter, scale = 1): Format {
  return {
    counters: [counter],
    parse: (bytes, length, counters) => {
      counters[counter] = amountAt(bytes, 0, length) * scale;
    },
  };
}

/** cpu.max: `QUOTA PERIOD`. */
export function pair(first: Counter, second: Counter): Format {
  return {
    counters: [first, second],
    parse: (bytes, length, counters) => {
      counters[first] = amountAt(bytes, 0, length);
      counters[second] = numberAt(bytes, indexOf(bytes, SPACE, 0, length) + 1, length);
    },
  };
}

const FROZEN = 0x52;

/** v1's freezer.state: FROZEN, FREEZING or THAWED; the second letter tells the first two from the last, the fifth them apart. */
export function freezerState(counter: Counter): Format {
  return {
    counters: [counter],
    parse: (bytes, length, counters) => {
      counters[counter] = length < 6 ? Number.NaN : Number(bytes[1] === FROZEN && bytes[4] !== 0x5a);
    },
  };
}
