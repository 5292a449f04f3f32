/**
 * A question that a program of the machine has asked the terminal is answered as if typed. Who leaves in that instant must not
 * find the answer in their own shell: it is waited for, briefly, and dropped.
 */
import type { Readable } from 'node:stream';
import { createQueryDetector } from './queries.ts';

/** More than a terminal at the far end of a slow line takes. */
const answerMs = 300;

export interface AnswerWatch {
  /** What is written to the terminal. */
  readonly watch: (output: Buffer) => void;
  /** Resolves when no answer is due any more; one that comes is for whoever reads the input. */
  readonly given: () => Promise<void>;
  /** The same at the end, when nobody else reads the input: an answer is dropped. Call it in raw mode. */
  readonly settle: () => Promise<void>;
}

export function createAnswerWatch(input: Readable): AnswerWatch {
  const asks = createQueryDetector();
  let due = false;
  const answered = (): void => {
    due = false;
  };
  input.on('data', answered);
  return {
    watch: (output) => {
      if (asks(output)) due = true;
    },
    given: async () => {
      if (due) await nextInput(input, answerMs);
    },
    settle: async () => {
      input.off('data', answered);
      if (due) await nextInput(input, answerMs);
      input.pause();
    },
  };
}

/** Resolves with the next input, which is lost if nobody else reads it, or when the time is over. */
export function nextInput(input: Readable, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      input.off('data', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    input.once('data', done).resume();
  });
}
