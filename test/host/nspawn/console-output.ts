/** What a console shows, read as it comes. */
import { once } from 'node:events';
import { patience } from '../../../scripts/test-patience.mjs';
import type { ConsoleConnection, ConsoleEvent } from '../../../src/backends/backend.ts';
import { describeAllTerminals } from '../../setup/terminal-processes.ts';

export interface ConsoleOutput {
  /** All since the last call, when a text is in it. */
  until(text: string): Promise<string>;
  /** The event that ends it; undefined if it was closed. */
  end(): Promise<ConsoleEvent | undefined>;
}

export function outputUntil(connection: ConsoleConnection): ConsoleOutput {
  const events = connection.output[Symbol.asyncIterator]();
  let shown = '';
  return {
    async until(text) {
      const late = once(AbortSignal.timeout(patience.poll), 'abort').then(() => {
        throw new Error(`no ${JSON.stringify(text)}: ${JSON.stringify(shown)}\n\n${describeAllTerminals()}`);
      });
      // Nobody waits for it any more once the text has come.
      late.catch(() => undefined);
      while (!shown.includes(text)) {
        const next = await Promise.race([events.next(), late]);
        if (next.done === true || next.value.type === 'end') {
          throw new Error(`the console ended without ${JSON.stringify(text)}: ${JSON.stringify(shown)}`);
        }
        if (next.value.type === 'data') shown += next.value.bytes.toString();
      }
      const taken = shown;
      shown = '';
      return taken;
    },
    async end() {
      for (;;) {
        const next = await events.next();
        if (next.done === true) return undefined;
        if (next.value.type === 'end') return next.value;
      }
    },
  };
}
