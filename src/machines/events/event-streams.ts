/** Several streams of events as one. */
import type { MachineEvent } from './events.ts';

/** Of two that are in order each. */
export async function* byTime(
  first: AsyncIterable<MachineEvent>,
  second: AsyncIterable<MachineEvent>,
): AsyncGenerator<MachineEvent> {
  const [a, b] = [first[Symbol.asyncIterator](), second[Symbol.asyncIterator]()];
  try {
    let [left, right] = await Promise.all([a.next(), b.next()]);
    while (left.done !== true || right.done !== true) {
      if (right.done === true || (left.done !== true && left.value.time <= right.value.time)) {
        yield left.value;
        left = await a.next();
      } else {
        yield right.value;
        right = await b.next();
      }
    }
  } finally {
    await Promise.all([a.return?.(), b.return?.()]);
  }
}

interface Step {
  readonly from: AsyncIterator<MachineEvent>;
  readonly result: IteratorResult<MachineEvent>;
}

/** All are begun at once. When one fails, or the reader leaves, `end` must make the others end. */
export function asTheyCome(
  sources: readonly AsyncIterable<MachineEvent>[],
  end: () => void,
): AsyncIterable<MachineEvent> {
  const steps = new Map<AsyncIterator<MachineEvent>, Promise<Step>>();
  const step = (from: AsyncIterator<MachineEvent>): void => {
    const next = from.next().then((result) => ({ from, result }));
    // Whoever reads is told; perhaps nobody does any more.
    next.catch(() => undefined);
    steps.set(from, next);
  };
  for (const source of sources) step(source[Symbol.asyncIterator]());

  async function* read(): AsyncGenerator<MachineEvent> {
    try {
      while (steps.size > 0) {
        const { from, result } = await Promise.race(steps.values());
        if (result.done === true) {
          steps.delete(from);
        } else {
          step(from);
          yield result.value;
        }
      }
    } finally {
      end();
      for (const from of steps.keys()) void from.return?.()?.catch(() => undefined);
    }
  }
  return { [Symbol.asyncIterator]: read };
}
