/** What a person should know beside the answer, wherever it is told: on stderr, or on the dashboard. */

import { safeJson, visibleLines } from '../plain-text.ts';
import { JSON_VERSION, type Terminals } from './output.ts';

export interface Warnings {
  /** The same words are not told again within a minute: a list that is read every second would repeat them. */
  readonly warn: (text: string) => void;
  /** From now on they are told here. */
  readonly tellTo: (listener: (text: string) => void) => void;
}

const AGAIN_MS = 60_000;

/** Nobody hears them before somebody listens. @param now milliseconds of a monotonic clock */
export function createWarnings(now = () => performance.now()): Warnings {
  const told = new Map<string, number>();
  let listener: (text: string) => void = () => undefined;
  return {
    warn: (text) => {
      const at = now();
      const before = told.get(text);
      if (before !== undefined && at - before < AGAIN_MS) return;
      told.set(text, at);
      listener(text);
    },
    tellTo: (next) => {
      listener = next;
    },
  };
}

/** As errors are (docs/json.md). */
export function printWarning(text: string, json: boolean, { write }: Terminals): void {
  const words = json
    ? safeJson({ version: JSON_VERSION, warning: { message: text } })
    : `tsmachine: warning: ${visibleLines(text)}`;
  write(2, `${words}\n`);
}
