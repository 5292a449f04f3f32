/** The parts of dbus-next that we use; its own types are those of the whole, which connects, reads XML and exports objects too. */
declare module 'dbus-next/lib/message.js' {
  import type { MessageFields } from 'dbus-next/lib/message-type.js';

  /** What it needs of a stream. */
  export interface MessageStream {
    read(bytes: number): Buffer | null;
    on(event: 'readable', reader: () => void): unknown;
  }
  /** `take` gets each one with its body in the marshaller's form. */
  export function unmarshalMessages(stream: MessageStream, take: (message: MessageFields) => void): void;
}

declare module 'dbus-next/lib/marshall-compat.js' {
  import type { Message, MessageFields, ReceivedMessage } from 'dbus-next/lib/message-type.js';

  /** Changes the message. */
  export function marshallMessage(message: Message): readonly [Buffer, readonly unknown[]];
  export function messageToJsFmt(message: MessageFields): ReceivedMessage;
}

declare module 'dbus-next/lib/message-type.js' {
  export interface MessageFields {
    readonly type?: number;
    serial: number;
    readonly flags?: number;
    readonly path?: string;
    readonly interface?: string;
    readonly member?: string;
    readonly destination?: string;
    readonly sender?: string;
    readonly signature?: string;
    readonly body?: readonly unknown[];
    readonly errorName?: string;
    readonly replySerial?: number;
  }
  export interface ReceivedMessage extends Readonly<MessageFields> {
    readonly type: number;
    readonly body: readonly unknown[];
  }
  /** Its names are looked at. */
  export interface Message extends Readonly<MessageFields> {
    readonly type: number;
  }
  export const Message: new (fields: MessageFields) => Message;
}

declare module 'dbus-next/lib/variant.js' {
  export interface Variant {
    readonly signature: string;
    readonly value: unknown;
  }
  export const Variant: new (signature: string, value: unknown) => Variant;
}
