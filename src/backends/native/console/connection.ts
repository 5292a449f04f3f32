/** A live attachment to a machine's console. */
import type { Socket } from 'node:net';
import type { ConsoleConnection, ConsoleEvent, ConsoleOptions, MachineHandle } from '../../backend.ts';
import { BackendError } from '../../backend.ts';
import { parseExitRecord } from '../life/exit-record.ts';
import { createFrameDecoder, encodeHello, encodeInput, encodeResize, type Frame } from './frames.ts';
import { connectMonitor } from './socket.ts';

/**
 * Attaches and waits for the monitor's welcome.
 * @throws BackendError 'not-running', 'permission', 'failed'
 */
export async function attachConsole(
  machine: MachineHandle,
  options: ConsoleOptions,
): Promise<ConsoleConnection> {
  const socket = await connectMonitor(machine);
  socket.write(encodeHello(options.input, options.replayBytes));
  const frames = readFrames(socket);
  const welcome = await frames.next();
  if (welcome.done === true || welcome.value.type !== 'w') {
    socket.destroy();
    throw new BackendError('not-running', `${machine.spec.name} ended before its console was reached`);
  }
  return {
    output: toEvents(frames),
    write: (bytes) => send(socket, encodeInput(bytes)),
    resize: (columns, rows) => {
      if (!socket.destroyed) socket.write(encodeResize(columns, rows));
    },
    close: () => socket.destroy(),
  };
}

/**
 * Frames in order, ending with the connection. The socket is read only while somebody asks for the next frame:
 * so a slow reader makes the monitor wait, and the monitor the machine.
 */
export async function* readFrames(socket: Socket): AsyncGenerator<Frame, void, undefined> {
  const decoder = createFrameDecoder();
  try {
    for await (const chunk of socket) yield* decoder.push(chunk as Buffer);
  } catch (error) {
    // The monitor is gone (reset), or close() was called: both are an end. What is not its frames is an error.
    if (error instanceof RangeError) throw error;
  } finally {
    socket.destroy();
  }
}

async function* toEvents(frames: AsyncIterable<Frame>): AsyncGenerator<ConsoleEvent, void, undefined> {
  for await (const { type, payload } of frames) {
    if (type === 'd') yield { type: 'data', bytes: payload };
    if (type === 'g') yield { type: 'gap', lostBytes: Number(payload.readBigUInt64LE(0)) };
    if (type === 'b') yield { type: 'reboot' };
    if (type === 'x') return yield { type: 'end', exit: parseExitRecord(payload) };
  }
}

/** Resolves when the kernel has the bytes; the socket's buffer is the monitor's back-pressure on us. */
function send(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new BackendError('not-running', 'the console is closed'));
    socket.write(bytes, (error) => {
      if (error == null) resolve();
      else reject(new BackendError('not-running', 'the machine ended', { cause: error }));
    });
  });
}
