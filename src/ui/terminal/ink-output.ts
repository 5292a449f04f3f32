/** Streams for Ink, which asks for no more than this: what is shown does not go through it (components/canvas.ts), nor do keys. */
import { EventEmitter } from 'node:events';
import type { Size } from '../state/dashboard-state.ts';

export function createInkOutput(size: () => Size): NodeJS.WriteStream {
  const output = Object.assign(new EventEmitter(), {
    isTTY: true,
    write: () => true,
  });
  Object.defineProperties(output, {
    columns: { get: () => size().columns },
    rows: { get: () => size().rows },
  });
  return output as unknown as NodeJS.WriteStream;
}

/** Keys never go through Ink: it would lose bytes that a console must get. */
export function createInkInput(): NodeJS.ReadStream {
  const input = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: () => input,
    setEncoding: () => input,
    ref: () => input,
    unref: () => input,
    read: () => null,
    resume: () => input,
    pause: () => input,
  });
  return input as unknown as NodeJS.ReadStream;
}
