/** What comes from stdin: as it is, to a console that has the keys; else told apart. */
import { createInputParser, type Input } from './input.ts';

/** Escape alone is told from the beginning of a sequence by what does not follow, milliseconds. */
const ESCAPE_WAIT_MS = 25;

export interface KeyboardListeners {
  /** True: it was taken as it is. */
  readonly raw: (bytes: Buffer) => boolean;
  readonly input: (input: Input) => void;
  /** Nobody types any more. */
  readonly gone: () => void;
}

/** Returns what ends it. */
export function listenToKeyboard(stdin: NodeJS.ReadStream, listeners: KeyboardListeners): () => void {
  const parser = createInputParser();
  let timer: NodeJS.Timeout | undefined;
  const take = (inputs: readonly Input[]): void => {
    for (const input of inputs) listeners.input(input);
  };
  const onData = (bytes: Buffer): void => {
    clearTimeout(timer);
    if (listeners.raw(bytes)) return;
    take(parser.feed(bytes));
    if (parser.pending()) timer = setTimeout(() => take(parser.flush()), ESCAPE_WAIT_MS);
  };
  stdin.on('data', onData).on('end', listeners.gone).on('error', listeners.gone).resume();
  return () => {
    clearTimeout(timer);
    stdin.off('data', onData).off('end', listeners.gone).pause();
  };
}
