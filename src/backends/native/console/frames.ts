/** Frames of console.sock: one byte type, four bytes little-endian length, payload (docs/launch-plan.md). */

export const FRAME_PAYLOAD_LIMIT = 65_536;
const HEADER_BYTES = 5;

export interface Frame {
  readonly type: string;
  /** A view of what was received: valid until the next chunk is pushed, unless it is kept by the reader. */
  readonly payload: Buffer;
}

export function encodeFrame(type: string, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(type, 0, 'latin1');
  header.writeUInt32LE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

/** @param replayBytes Infinity: all that is kept */
export function encodeHello(input: boolean, replayBytes: number): Buffer {
  const payload = Buffer.alloc(5);
  payload.writeUInt8(input ? 1 : 0, 0);
  payload.writeUInt32LE(Math.min(replayBytes, 0xffff_ffff), 1);
  return encodeFrame('h', payload);
}

export function encodeResize(columns: number, rows: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt16LE(columns, 0);
  payload.writeUInt16LE(rows, 2);
  return encodeFrame('r', payload);
}

export function encodeSignal(signal: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32LE(signal, 0);
  return encodeFrame('s', payload);
}

/** Takes on-exit's part, or gives it back: from now on this client is asked what comes after the end. */
export function encodeTakeExit(take: boolean): Buffer {
  return encodeFrame('t', Buffer.of(take ? 1 : 0));
}

export function encodeDecision(startsAgain: boolean): Buffer {
  return encodeFrame('a', Buffer.of(startsAgain ? 1 : 0));
}

/** Input of any size as frames. */
export function encodeInput(bytes: Uint8Array): Buffer {
  const frames: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += FRAME_PAYLOAD_LIMIT) {
    frames.push(encodeFrame('d', bytes.subarray(start, start + FRAME_PAYLOAD_LIMIT)));
  }
  return Buffer.concat(frames);
}

export interface FrameDecoder {
  /** Frames that are complete with this chunk. Throws RangeError if it is not the monitor who speaks. */
  push(chunk: Buffer): readonly Frame[];
}

/** Output ('d') is handed on piece by piece as it comes, so that a frame in two chunks is never copied together. */
export function createFrameDecoder(): FrameDecoder {
  let pending: Buffer = Buffer.alloc(0);
  let outputLeft = 0;
  const next = (data: Buffer): { readonly frame?: Frame; readonly rest: Buffer; readonly more: boolean } => {
    if (outputLeft > 0 && data.length > 0) return takeOutput(data);
    if (data.length < HEADER_BYTES) return { rest: data, more: false };
    const type = data.toString('latin1', 0, 1);
    const length = data.readUInt32LE(1);
    if (length > FRAME_PAYLOAD_LIMIT) throw new RangeError(`a console frame of ${length} bytes`);
    if (type === 'd') {
      outputLeft = length;
      return { rest: data.subarray(HEADER_BYTES), more: true };
    }
    if (data.length < HEADER_BYTES + length) return { rest: data, more: false };
    const payload = data.subarray(HEADER_BYTES, HEADER_BYTES + length);
    return { frame: { type, payload }, rest: data.subarray(HEADER_BYTES + length), more: true };
  };
  const takeOutput = (data: Buffer) => {
    const payload = data.subarray(0, outputLeft);
    outputLeft -= payload.length;
    return { frame: { type: 'd', payload }, rest: data.subarray(payload.length), more: true };
  };
  return {
    push(chunk) {
      const frames: Frame[] = [];
      let step = next(pending.length === 0 ? chunk : Buffer.concat([pending, chunk]));
      while (step.more) {
        if (step.frame !== undefined) frames.push(step.frame);
        step = next(step.rest);
      }
      pending = step.rest;
      return frames;
    },
  };
}
