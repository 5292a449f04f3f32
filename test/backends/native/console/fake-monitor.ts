import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import {
  createFrameDecoder,
  encodeFrame,
  type Frame,
} from '../../../../src/backends/native/console/frames.ts';

/** A monitor's socket that a test speaks through. */
export interface FakeMonitor {
  /** Frames that clients sent, in order. */
  readonly received: { readonly type: string; readonly payload: Buffer }[];
  readonly sockets: Socket[];
  /** The first client's socket, once it has said hello. */
  greeted(): Promise<Socket>;
  /** The first client has gone. */
  disconnected(): Promise<void>;
  close(): Promise<void>;
}

/** @param answer called for every frame but output; may write to the socket */
export async function listenAsMonitor(
  runDirectory: string,
  answer: (frame: Frame, socket: Socket) => void = () => {},
): Promise<FakeMonitor> {
  mkdirSync(runDirectory, { recursive: true });
  const received: FakeMonitor['received'] = [];
  const sockets: Socket[] = [];
  let greet: (socket: Socket) => void = () => {};
  const greeting = new Promise<Socket>((resolve) => {
    greet = resolve;
  });
  let leave: () => void = () => {};
  const leaving = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('close', leave);
    const decoder = createFrameDecoder();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        received.push({ type: frame.type, payload: Buffer.from(frame.payload) });
        if (frame.type === 'h') {
          socket.write(encodeFrame('w', Buffer.alloc(8)));
          greet(socket);
        }
        answer(frame, socket);
      }
    });
  });
  await listen(server, `${runDirectory}/console.sock`);
  return {
    received,
    sockets,
    greeted: () => greeting,
    disconnected: () => leaving,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** By a short name where the path is too long for a socket address. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve) => {
    const before = process.cwd();
    if (path.length > 107) process.chdir(path.slice(0, path.lastIndexOf('/')));
    server.listen(path.length > 107 ? './console.sock' : path, () => resolve());
    process.chdir(before);
  });
}
