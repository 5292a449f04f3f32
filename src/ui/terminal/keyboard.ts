/** What comes from stdin: to a console that has the keys, else told apart. */
import { createInputParser, type Input } from './input.ts';

/** Escape alone is told from the beginning of a sequence by what does not follow, milliseconds. */
const ESCAPE_WAIT_MS = 25;

/** Who gets bytes first. */
export interface RawTaker {
  /** Returns what it does not take. */
  readonly type: (bytes: Buffer) => Buffer;
  readonly pending: () => boolean;
  readonly flush: () => Buffer;
}

export interface KeyboardListeners {
  readonly console: RawTaker;
  readonly input: (input: Input) => void;
  /** False once a key has given the terminal to somebody else: what was typed behind it was meant for them, and must do nothing here. */
  readonly isOurs: () => boolean;
  /** Nobody types any more. */
  readonly gone: () => void;
}

/** Returns what ends it. */
export function listenToKeyboard(stdin: NodeJS.ReadStream, listeners: KeyboardListeners): () => void {
  const { console } = listeners;
  const parser = createInputParser();
  let timer: NodeJS.Timeout | undefined;
  /** Each key may be the one that gives the keys to a console, or takes them from it. */
  const deal = (bytes: Buffer): void => {
    let rest = console.type(bytes);
    while (rest.length > 0 && listeners.isOurs()) {
      parser.push(rest);
      const input = parser.next();
      if (input === undefined) return;
      listeners.input(input);
      rest = parser.rest();
      if (rest.length > 0) rest = console.type(rest);
    }
  };
  const flush = (): void => {
    const rest = console.flush();
    if (rest.length > 0) deal(rest);
    for (const input of parser.flush()) listeners.input(input);
  };
  const onData = (bytes: Buffer): void => {
    clearTimeout(timer);
    deal(bytes);
    if (console.pending() || parser.pending()) timer = setTimeout(flush, ESCAPE_WAIT_MS);
  };
  stdin.on('data', onData).on('end', listeners.gone).on('error', listeners.gone).resume();
  return () => {
    clearTimeout(timer);
    stdin.off('data', onData).off('end', listeners.gone).off('error', listeners.gone).pause();
  };
}
