/** How the text of a kernel file becomes counters. Parsers work on the bytes, or on one text of them all: a string for each line would be garbage by the megabyte. */

export interface Format {
  /** Sets its counters from the first `length` bytes; what the file does not say becomes NaN. */
  readonly parse: (bytes: Buffer, length: number, counters: number[]) => void;
  /** Those that it sets. */
  readonly counters: readonly number[];
}

const ZERO = 0x30;
const NINE = 0x39;
export const SPACE = 0x20;
export const NEWLINE = 0x0a;

/** The index of the first `wanted` byte from `from` on, `length` if there is none. */
export function indexOf(bytes: Uint8Array, wanted: number, from: number, length: number): number {
  let at = from;
  while (at < length && bytes[at] !== wanted) at += 1;
  return at;
}

/** The decimal number that begins at `from`; NaN if none does. */
export function numberAt(bytes: Uint8Array, from: number, length: number): number {
  let value = Number.NaN;
  for (let at = from; at < length; at += 1) {
    const digit = bytes[at] as number;
    if (digit < ZERO || digit > NINE) break;
    value = at === from ? digit - ZERO : value * 10 + (digit - ZERO);
  }
  return value;
}

/** Whether `word` stands at `from`. */
export function startsWith(bytes: Uint8Array, word: Uint8Array, from: number, length: number): boolean {
  if (from + word.length > length) return false;
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[from + index] !== word[index]) return false;
  }
  return true;
}

export function ascii(word: string): Uint8Array {
  return Buffer.from(word, 'latin1');
}

/** Loops of parsers go by index: before V8 optimizes, each step of an iterator leaves an object. */
export function clear(counters: number[], own: readonly number[]): void {
  for (let index = 0; index < own.length; index += 1) counters[own[index] as number] = Number.NaN;
}

/** What the file says several times (by disk, by kind) is summed. */
export function add(counters: number[], counter: number, value: number): void {
  const before = counters[counter] as number;
  counters[counter] = Number.isNaN(before) ? value : before + value;
}
