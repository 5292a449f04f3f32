/** One console: what the machine writes goes into an emulator, no faster than it can take it; what is typed goes to the machine. */
import type { ConsoleConnection, ConsoleEvent, ExitRecord } from '../../backends/backend.ts';
import { visible } from '../../presentation/plain-text.ts';
import { createEmulator, type Emulator, type EmulatorSize } from './emulator.ts';
import { createIntake } from './intake.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export interface Session {
  readonly emulator: Emulator;
  readonly type: (bytes: Uint8Array) => void;
  readonly resize: (size: EmulatorSize) => void;
  /** Of what comes from now on. */
  readonly recorder: Pick<Recorder, 'set' | 'end'>;
  readonly size: () => EmulatorSize;
  readonly close: () => void;
}

export interface SessionOptions {
  readonly size: EmulatorSize;
  /** How many of the first bytes are output from before: what they ask is not answered. */
  readonly replayBytes: number;
  /** Whether anything may be written to the machine. */
  readonly mayType: () => boolean;
  readonly isSeen: () => boolean;
}

export interface SessionEvents {
  /** Cells may have changed. */
  readonly onOutput: () => void;
  /** The machine, or the program, is no more. */
  readonly onEnd: (exit: ExitRecord | undefined) => void;
}

export function openSession(
  connection: ConsoleConnection,
  options: SessionOptions,
  events: SessionEvents,
): Session {
  const emulator = createEmulator(options.size);
  let { columns, rows } = options.size;
  const recorder = createRecorder();
  const intake = createIntake(options.isSeen);
  let replaying = options.replayBytes > 0;
  const send = (bytes: Uint8Array): void => {
    // A console that is gone is told by its output's end.
    if (options.mayType()) connection.write(bytes).catch(() => undefined);
  };
  emulator.onAnswer((text) => {
    if (!replaying) send(Buffer.from(text, 'latin1'));
  });
  connection.resize(columns, rows);
  void showOutput(connection, emulator, options.replayBytes, {
    ...events,
    onLive: () => {
      replaying = false;
    },
    onBytes: recorder.output,
    onTaken: intake.taken,
  });
  return {
    emulator,
    type: (bytes) => {
      intake.hurry();
      send(bytes);
    },
    resize: (next) => {
      if (next.columns === columns && next.rows === rows) return;
      ({ columns, rows } = next);
      emulator.resize(next);
      connection.resize(columns, rows);
      recorder.resize(columns, rows);
    },
    recorder: {
      set: (recording, onFailure) => {
        recorder.set(recording, onFailure);
        // Who begins in the middle wants to see what stands there.
        recorder.output(Buffer.from(emulator.picture()));
      },
      end: recorder.end,
    },
    size: () => ({ columns, rows }),
    close: () => {
      recorder.end();
      intake.hurry();
      connection.close();
      emulator.close();
    },
  };
}

interface OutputEvents extends SessionEvents {
  /** All that is from before has been shown. */
  readonly onLive: () => void;
  readonly onBytes: (bytes: Uint8Array) => void;
  /** The next is taken when it resolves. */
  readonly onTaken: (bytes: number) => Promise<void>;
}

/** Each piece is waited for: the next one is only read when this one has become cells, so a flood keeps no memory. */
async function showOutput(
  connection: ConsoleConnection,
  emulator: Emulator,
  replayBytes: number,
  { onOutput, onEnd, onLive, onBytes, onTaken }: OutputEvents,
): Promise<void> {
  const show = (bytes: Uint8Array) => new Promise<void>((resolve) => emulator.write(bytes, resolve));
  let replayLeft = replayBytes;
  let exit: ExitRecord | undefined;
  try {
    for await (const event of connection.output) {
      if (event.type === 'end') exit = event.exit;
      let bytes = bytesOf(event);
      if (event.type === 'data' && replayLeft > 0) {
        const old = bytes.subarray(0, replayLeft);
        replayLeft -= old.length;
        bytes = bytes.subarray(old.length);
        await show(old);
        if (replayLeft === 0) onLive();
      }
      if (bytes.length > 0) await show(bytes);
      // Behind it: a recording that begins meanwhile begins with a picture that has it, or with it.
      onBytes(bytes);
      onOutput();
      await onTaken(bytes.length);
    }
  } catch (error) {
    await show(Buffer.from(`\r\n[tsmachine: the console broke off: ${brokenOffBy(error)}]\r\n`));
    onOutput();
  }
  onEnd(exit);
}

function brokenOffBy(error: unknown): string {
  return visible(error instanceof Error ? error.message : String(error));
}

function bytesOf(event: ConsoleEvent): Uint8Array {
  switch (event.type) {
    case 'data':
      return event.bytes;
    case 'gap':
      return Buffer.from(`\r\n[tsmachine: ${event.lostBytes} bytes of output lost]\r\n`);
    case 'reboot':
      return Buffer.from('\r\n[tsmachine: the machine reboots]\r\n');
    case 'end':
      return Buffer.alloc(0);
  }
}
