/** Messages on the stream, as dbus-next packs and unpacks them. */
import type { Socket } from 'node:net';
import { marshallMessage, messageToJsFmt } from 'dbus-next/lib/marshall-compat.js';
import { unmarshalMessages } from 'dbus-next/lib/message.js';
import { Message, type ReceivedMessage } from 'dbus-next/lib/message-type.js';
import type { MethodCall } from './calls.ts';

/** @throws if an argument does not fit its signature, or a name is none */
export function sendCall(stream: Socket, call: MethodCall, serial: number): void {
  const message = new Message({
    serial,
    destination: call.destination,
    path: call.path,
    interface: call.interface,
    member: call.member,
    signature: call.signature ?? '',
    body: call.arguments ?? [],
  });
  const [packed] = marshallMessage(message);
  // What is called in one go is one write.
  if (stream.writableCorked === 0) {
    stream.cork();
    process.nextTick(() => stream.uncork());
  }
  stream.write(packed);
}

/**
 * A message that cannot be taken apart, which anybody on the bus may send, for example one that says to hold a file descriptor, throws out of
 * dbus-next's reader: that would end the program.
 */
export function readMessages(
  stream: Socket,
  take: (message: ReceivedMessage) => void,
  failed: (error: Error) => void,
): void {
  const guarded = {
    read: (bytes: number) => stream.read(bytes),
    on: (_: 'readable', reader: () => void) =>
      stream.on('readable', () => {
        try {
          reader();
        } catch (error) {
          failed(error as Error);
        }
      }),
  };
  unmarshalMessages(guarded, (message) => take(messageToJsFmt(message)));
}
