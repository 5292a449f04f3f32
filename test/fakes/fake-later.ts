/** What waits, as data: a test says when the time has come. */
import type { Later, Waiter } from '../../src/machines/work/later.ts';

interface Waiting {
  readonly words: readonly string[];
  readonly milliseconds: number;
  readonly waiter: Waiter;
}

export interface FakeLater extends Later {
  readonly waiting: readonly Waiting[];
  /** What this process's end would set off. */
  readonly atEnd: readonly (readonly string[])[];
  /** From now on this process is the one that waited. */
  become(waiter: Waiter): void;
  /** No process can be started any more. */
  exhausted: boolean;
}

export function createFakeLater(): FakeLater {
  const waiting: Waiting[] = [];
  const atEnd: (readonly string[])[] = [];
  let last = 100;
  let own: Waiter = { pid: process.pid, start: 'own' };
  const isSame = (a: Waiter, b: Waiter): boolean => a.pid === b.pid && a.start === b.start;
  const drop = (waiter: Waiter): void => {
    const index = waiting.findIndex((one) => isSame(one.waiter, waiter));
    if (index >= 0) waiting.splice(index, 1);
  };
  const fake: FakeLater = {
    waiting,
    atEnd,
    exhausted: false,
    become: (waiter) => {
      own = waiter;
      drop(waiter);
    },
    after(milliseconds, words) {
      if (fake.exhausted) throw new Error('no process could be started that waits');
      last += 1;
      const waiter = { pid: last, start: 'later' };
      waiting.push({ words, milliseconds, waiter });
      return waiter;
    },
    afterThisProcess(words) {
      atEnd.push(words);
      return () => void atEnd.splice(atEnd.indexOf(words), 1);
    },
    afterEndOf(_pid, words) {
      fake.after(0, words);
    },
    self: () => own,
    isAlive: (waiter) => isSame(waiter, own) || waiting.some((one) => isSame(one.waiter, waiter)),
    cancel: drop,
  };
  return fake;
}
