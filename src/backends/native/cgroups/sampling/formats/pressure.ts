/** *.pressure: Documentation/accounting/psi.rst. The averages are the kernel's; over our interval only the total says the truth. */
import type { Counter } from '../counters.ts';
import { ascii, clear, type Format, indexOf, NEWLINE, numberAt, startsWith } from './format.ts';

const TOTAL = ascii('total=');
const S = 0x73;

/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and `full` the same; before Linux 5.13 cpu.pressure has no `full`. */
export function pressure(some: Counter, full: Counter): Format {
  return {
    counters: [some, full],
    parse: (bytes, length, counters) => {
      clear(counters, [some, full]);
      for (let line = 0; line < length; ) {
        const end = indexOf(bytes, NEWLINE, line, length);
        const counter = bytes[line] === S ? some : full;
        for (let at = line; at < end; at += 1) {
          if (!startsWith(bytes, TOTAL, at, end)) continue;
          counters[counter] = numberAt(bytes, at + TOTAL.length, end);
          break;
        }
        line = end + 1;
      }
    },
  };
}
