/** One connection to a bus, until it is lost: what is waited for, and for how long. */
import { connect } from 'node:net';
import type { ReceivedMessage } from 'dbus-next/lib/message-type.js';
import { createAnswers } from './answers.ts';
import type { BusSignal, MethodCall } from './calls.ts';
import { LinkLost } from './failures.ts';
import { greeting, takeGreeting } from './greeting.ts';
import { watchLoss } from './loss.ts';
import { plain } from './values.ts';
import { readMessages, sendCall } from './wire.ts';

/** D-Bus Specification, Message Types. */
const METHOD_CALL = 1;
const SIGNAL = 4;
/** The first message that the bus takes; any other before ends the connection. */
const HELLO: MethodCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
};

export interface Link {
  /** Sent at once, behind those before it. @throws Refusal, LinkLost, NoAnswer */
  call(call: MethodCall, timeLimitMs: number): Promise<readonly unknown[]>;
  /** Each signal, with the unique name of who sent it; answers how to stop it. */
  onSignal(listener: (signal: BusSignal, sender: string) => void): () => void;
  /** Called once, also if it is lost already. */
  onLost(listener: (lost: LinkLost) => void): void;
  readonly lost: boolean;
  close(): void;
}

export function openLink(socket: string): Link {
  const stream = connect({ path: socket });
  const answers = createAnswers();
  const listeners = new Set<(signal: BusSignal, sender: string) => void>();
  const loss = watchLoss(stream);
  loss.onLost(answers.failAll);
  let lastSerial = 0;

  const call = (call: MethodCall, timeLimitMs: number): Promise<readonly unknown[]> => {
    const serial = ++lastSerial;
    const answer = answers.expect(serial, call, timeLimitMs);
    try {
      sendCall(stream, call, serial);
    } catch (error) {
      answers.fail(serial, error);
    }
    // Of a connection that is lost no answer comes, nor the news of its loss again.
    if (loss.happened) loss.onLost((lost) => answers.fail(serial, lost));
    return answer;
  };

  const take = (message: ReceivedMessage): void => {
    if (message.type === SIGNAL) {
      const signal = signalOf(message);
      for (const listener of listeners) listener(signal, message.sender ?? '');
    } else if (message.type !== METHOD_CALL) {
      answers.take(message);
    }
  };

  // One write of all that is said now: a bus that refuses us hangs up on what follows, and a second write would fail before its word is read.
  stream.cork();
  process.nextTick(() => stream.uncork());
  stream.write(greeting(process.getuid?.() ?? 0));
  const listen = (): void => readMessages(stream, take, ({ message }) => loss.cause(new LinkLost(message)));
  takeGreeting(stream, listen, loss.cause);
  call(HELLO, Number.POSITIVE_INFINITY).catch((error) =>
    loss.cause(new LinkLost(error.message, error.errno)),
  );

  return {
    call,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onLost: loss.onLost,
    get lost() {
      return loss.happened;
    },
    close: () => loss.cause(new LinkLost('the connection was closed')),
  };
}

function signalOf(message: ReceivedMessage): BusSignal {
  return {
    path: message.path ?? '',
    interface: message.interface ?? '',
    member: message.member ?? '',
    body: message.body.map(plain),
  };
}
