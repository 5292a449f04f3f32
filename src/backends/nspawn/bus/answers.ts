/** The calls of one connection that wait for their answers. */
import type { ReceivedMessage } from 'dbus-next/lib/message-type.js';
import type { MethodCall } from './calls.ts';
import { NoAnswer, Refusal } from './failures.ts';
import { plain } from './values.ts';

/** D-Bus Specification, Message Types. */
const ERROR = 3;

interface Waiting {
  readonly answered: (body: readonly unknown[]) => void;
  readonly failed: (error: unknown) => void;
}

export interface Answers {
  /** What the answer to message `serial` will say. @throws Refusal, NoAnswer, what `fail` or `failAll` said, the reason of an abort */
  expect(serial: number, call: MethodCall, timeLimitMs: number): Promise<readonly unknown[]>;
  /** An answer that nobody waits for any more is nothing. */
  take(message: ReceivedMessage): void;
  fail(serial: number, error: unknown): void;
  failAll(error: unknown): void;
}

export function createAnswers(): Answers {
  const waiting = new Map<number, Waiting>();
  const fail = (serial: number, error: unknown): void => waiting.get(serial)?.failed(error);

  return {
    expect: async (serial, call, timeLimitMs) => {
      let timer: NodeJS.Timeout | undefined;
      const aborted = (): void => fail(serial, call.abort?.reason);
      try {
        return await new Promise<readonly unknown[]>((answered, failed) => {
          waiting.set(serial, { answered, failed });
          if (timeLimitMs !== Number.POSITIVE_INFINITY) {
            timer = setTimeout(() => failed(new NoAnswer(timeLimitMs)), timeLimitMs);
          }
          call.abort?.addEventListener('abort', aborted);
          if (call.abort?.aborted === true) aborted();
        });
      } finally {
        clearTimeout(timer);
        call.abort?.removeEventListener('abort', aborted);
        waiting.delete(serial);
      }
    },
    take: ({ type, replySerial, errorName, body }) => {
      const caller = waiting.get(replySerial ?? 0);
      if (type === ERROR) {
        caller?.failed(new Refusal(errorName ?? '', typeof body[0] === 'string' ? body[0] : ''));
      } else {
        caller?.answered(body.map(plain));
      }
    },
    fail,
    failAll: (error) => {
      for (const { failed } of waiting.values()) failed(error);
    },
  };
}
