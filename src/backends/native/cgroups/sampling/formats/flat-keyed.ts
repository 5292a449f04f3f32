/** Lines of `KEY VALUE`: cpu.stat, memory.stat, cgroup.events. "Format" of cgroup-v2.rst. */
import type { Counter } from '../counters.ts';
import { amountAt } from './amount.ts';
import { add, clear, type Format } from './format.ts';

interface Key {
  /** With what ends it. */
  readonly word: string;
  /** Where it does not stand in the first line. */
  readonly line: string;
  readonly counter: Counter;
}

/** Keys that several counters of a file share are summed; `scale` is what one unit of the file is. */
export function flatKeyed(keys: Readonly<Record<string, Counter>>, scale = 1): Format {
  const wanted = Object.entries(keys).map(
    ([key, counter]): Key => ({ word: `${key} `, line: `\n${key} `, counter }),
  );
  const own = [...new Set(Object.values(keys))];
  return {
    counters: own,
    parse: (bytes, length, counters) => {
      clear(counters, own);
      // V8 finds a word in a text faster than a loop of ours over the bytes does, above all before it has compiled that.
      const text = bytes.toString('latin1', 0, length);
      for (let index = 0; index < wanted.length; index += 1) {
        const key = wanted[index] as Key;
        const at = valueAt(text, key);
        if (at !== -1) add(counters, key.counter, amountAt(bytes, at, length) * scale);
      }
    },
  };
}

/** -1 if the key is not there. */
function valueAt(text: string, { word, line }: Key): number {
  if (text.startsWith(word)) return word.length;
  const at = text.indexOf(line);
  return at === -1 ? -1 : at + line.length;
}
