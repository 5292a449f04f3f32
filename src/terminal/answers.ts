/**
 * A question that a program of the machine has asked the terminal is answered as if typed. Who leaves in that instant must not
 * find the answer in their own shell: it is waited for, briefly, and dropped.
 */
import type { Readable } from 'node:stream';
import { createAnswerDetector, type Heard } from './answer-forms.ts';
import { answerbackQuery, createQueryDetector } from './queries.ts';

/** More than a terminal at the far end of a slow line takes. */
const answerMs = 300;

/** Terminals are silent about what they do not know: when the last question is older than this, no answer will come. */
const silenceMs = 2000;

export interface AnswerWatch {
  /** What is written to the terminal. */
  readonly watch: (output: Buffer) => void;
  /** Resolves when no answer is due any more; one that comes is for whoever reads the input. */
  readonly given: () => Promise<void>;
  /** The same at the end, when nobody else reads the input: an answer is dropped. Call it in raw mode. */
  readonly settle: () => Promise<void>;
}

export function createAnswerWatch(input: Readable): AnswerWatch {
  const queriesIn = createQueryDetector();
  const answersIn = createAnswerDetector();
  const due = createDueAnswers();
  const onInput = (bytes: Buffer): void => due.given(answersIn(bytes));
  const wait = async (): Promise<void> => {
    await nextInput(input, answerMs, () => !due.any());
    due.forget();
  };
  // Before any wait's listener, which asks what this one has counted.
  input.on('data', onInput);
  return {
    watch: (output) => due.asked(queriesIn(output)),
    given: async () => {
      if (due.any()) await wait();
    },
    settle: async () => {
      if (due.any()) await wait();
      input.off('data', onInput);
      input.pause();
    },
  };
}

interface DueAnswers {
  readonly asked: (queries: readonly string[]) => void;
  readonly given: (heard: Heard) => void;
  readonly any: () => boolean;
  readonly forget: () => void;
}

function createDueAnswers(): DueAnswers {
  let due = 0;
  let answerbackDue = false;
  let askedAt = 0;
  const any = (): boolean => (due > 0 || answerbackDue) && performance.now() - askedAt < silenceMs;
  const forget = (): void => {
    due = 0;
    answerbackDue = false;
  };
  return {
    asked: (queries) => {
      if (queries.length === 0) return;
      if (!any()) forget();
      askedAt = performance.now();
      const withForm = queries.filter((query) => query !== answerbackQuery);
      due += withForm.length;
      answerbackDue ||= withForm.length < queries.length;
    },
    given: ({ answers, text }) => {
      due = Math.max(0, due - answers);
      if (text) answerbackDue = false;
    },
    any,
    forget,
  };
}

/** Resolves with the next input that is enough, or when the time is over. Input is lost if nobody else reads it. */
export function nextInput(input: Readable, milliseconds: number, isEnough = () => true): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      input.off('data', onInput);
      resolve();
    };
    const onInput = (): void => {
      if (isEnough()) done();
    };
    const timer = setTimeout(done, milliseconds);
    input.on('data', onInput).resume();
  });
}
