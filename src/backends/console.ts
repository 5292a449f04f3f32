/** A machine's console as somebody connects to it: a part of the seam. */
import type { ExitRecord } from './machine-status.ts';

export interface ConsoleOptions {
  /** False: only watch. */
  readonly input: boolean;
  /** Bytes of earlier output to replay; Infinity: all that is kept. */
  readonly replayBytes: number;
}

/** A live attachment to a machine's console. Bytes arrive in order; when the reader is slow the machine waits. */
export interface ConsoleConnection {
  /** Output of the machine. Ends when the machine ends or `close` is called. */
  readonly output: AsyncIterable<ConsoleEvent>;
  /** Resolves when the monitor took the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  resize(columns: number, rows: number): void;
  close(): void;
}

export type ConsoleEvent =
  | { readonly type: 'data'; readonly bytes: Buffer }
  /** Output that this client was too slow to see. */
  | { readonly type: 'gap'; readonly lostBytes: number }
  | { readonly type: 'reboot' }
  | { readonly type: 'end'; readonly exit: ExitRecord | undefined };
