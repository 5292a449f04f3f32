/** Between who tells of something, who does not wait, and its one reader. */

export interface Queue<T> {
  readonly put: (news: T) => void;
  /** What came before is still read. */
  readonly fail: (error: unknown) => void;
  readonly stream: AsyncIterable<T> & { close(): void };
}

/** @param released called once, when the reader is through with it or it was closed */
export function createQueue<T>(released: () => void): Queue<T> {
  const waiting: T[] = [];
  let failure: { readonly error: unknown } | undefined;
  let closed = false;
  let wake = (): void => {};

  const close = (): void => {
    if (closed) return;
    closed = true;
    released();
    wake();
  };

  async function* read(): AsyncGenerator<T> {
    try {
      for (;;) {
        while (!closed && waiting.length > 0) yield waiting.shift() as T;
        if (closed) return;
        if (failure !== undefined) throw failure.error;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      close();
    }
  }

  return {
    put: (news) => {
      waiting.push(news);
      wake();
    },
    fail: (error) => {
      failure ??= { error };
      wake();
    },
    stream: { close, [Symbol.asyncIterator]: read },
  };
}
