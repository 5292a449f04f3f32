/** Lines of `KEY VALUE`: cpu.stat, memory.stat, cgroup.events. "Format" of cgroup-v2.rst. */
import type { Counter } from '../counters.ts';
import { add, ascii, clear, type Format, indexOf, NEWLINE, numberAt, SPACE, startsWith } from './format.ts';

/** Keys that several counters of a file share are summed; `scale` is what one unit of the file is. */
export function flatKeyed(keys: Readonly<Record<string, Counter>>, scale = 1): Format {
  const wanted = Object.entries(keys).map(([key, counter]) => ({ word: ascii(key), counter }));
  const own = [...new Set(Object.values(keys))];
  return {
    counters: own,
    parse: (bytes, length, counters) => {
      clear(counters, own);
      for (let line = 0; line < length; line = indexOf(bytes, NEWLINE, line, length) + 1) {
        const space = indexOf(bytes, SPACE, line, length);
        for (const { word, counter } of wanted) {
          if (word.length !== space - line || !startsWith(bytes, word, line, length)) continue;
          add(counters, counter, numberAt(bytes, space + 1, length) * scale);
          break;
        }
      }
    },
  };
}
