/** One console: what the machine writes goes into an emulator, no faster than it can take it; what is typed goes to the machine. */
import type { ConsoleConnection, ConsoleEvent } from '../../backends/backend.ts';
import { createEmulator, type Emulator, type EmulatorSize } from './emulator.ts';

export interface Session {
  readonly emulator: Emulator;
  readonly type: (bytes: Uint8Array) => void;
  readonly resize: (size: EmulatorSize) => void;
  readonly close: () => void;
}

export interface SessionEvents {
  /** Cells may have changed. */
  readonly onOutput: () => void;
  /** The machine, or the program, is no more. */
  readonly onEnd: () => void;
}

export function openSession(
  connection: ConsoleConnection,
  size: EmulatorSize,
  events: SessionEvents,
): Session {
  const emulator = createEmulator(size);
  const send = (bytes: Uint8Array): void => {
    // A console that is gone is told by its output's end.
    connection.write(bytes).catch(() => undefined);
  };
  emulator.onAnswer((text) => send(Buffer.from(text)));
  connection.resize(size.columns, size.rows);
  void showOutput(connection, emulator, events);
  return {
    emulator,
    type: send,
    resize: (next) => {
      emulator.resize(next);
      connection.resize(next.columns, next.rows);
    },
    close: () => {
      connection.close();
      emulator.close();
    },
  };
}

/** Each piece is waited for: the next one is only read when this one has become cells, so a flood keeps no memory. */
async function showOutput(
  connection: ConsoleConnection,
  emulator: Emulator,
  { onOutput, onEnd }: SessionEvents,
): Promise<void> {
  try {
    for await (const event of connection.output) {
      const bytes = bytesOf(event);
      if (bytes !== undefined) await new Promise<void>((resolve) => emulator.write(bytes, resolve));
      onOutput();
    }
  } catch {
    // Told by the end.
  }
  onEnd();
}

function bytesOf(event: ConsoleEvent): Uint8Array | undefined {
  switch (event.type) {
    case 'data':
      return event.bytes;
    case 'gap':
      return Buffer.from(`\r\n[${event.lostBytes} bytes were too fast to be shown]\r\n`);
    case 'reboot':
      return Buffer.from('\r\n[it reboots]\r\n');
    case 'end':
      return undefined;
  }
}
