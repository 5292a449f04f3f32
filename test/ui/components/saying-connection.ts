/** A console that says one thing and then nothing more. */
import type { ConsoleConnection, ConsoleEvent } from '../../../src/backends/console.ts';

export function sayingConnection(text: string): ConsoleConnection {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* output(): AsyncIterable<ConsoleEvent> {
    yield { type: 'data', bytes: Buffer.from(text) };
    await ended;
  }
  return { output: output(), write: async () => undefined, resize: () => undefined, close: end };
}
