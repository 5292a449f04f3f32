import { describe, expect, it } from 'vitest';
import {
  createFrameDecoder,
  encodeFrame,
  encodeHello,
  encodeInput,
  encodeResize,
} from '../../../../src/backends/native/console/frames.ts';

describe('console frames', () => {
  it('say hello with the replay wished for, all of it being the greatest number', () => {
    expect([...encodeHello(true, Number.POSITIVE_INFINITY)]).toEqual([
      0x68, 5, 0, 0, 0, 1, 255, 255, 255, 255,
    ]);
    expect([...encodeHello(false, 0)]).toEqual([0x68, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('carry a window size', () => {
    expect([...encodeResize(120, 40)]).toEqual([0x72, 4, 0, 0, 0, 120, 0, 40, 0]);
  });

  it('split long input at the limit of a payload', () => {
    const bytes = encodeInput(Buffer.alloc(65536 + 10, 'a'));
    expect(bytes.length).toBe(65536 + 10 + 2 * 5);
    expect(bytes.readUInt32LE(1)).toBe(65536);
    expect(bytes.readUInt32LE(65536 + 5 + 1)).toBe(10);
  });

  it('are understood however they are cut into chunks', () => {
    const stream = Buffer.concat([
      encodeFrame('w', Buffer.alloc(8)),
      encodeFrame('d', Buffer.from('hello ')),
      encodeFrame('b'),
      encodeFrame('d', Buffer.from('world')),
      encodeFrame('x', Buffer.from('end')),
    ]);
    for (let size = 1; size <= stream.length; size++) {
      const decoder = createFrameDecoder();
      const frames: { type: string; text: string }[] = [];
      for (let start = 0; start < stream.length; start += size) {
        for (const frame of decoder.push(stream.subarray(start, start + size))) {
          frames.push({ type: frame.type, text: frame.payload.toString() });
        }
      }
      const output = frames.filter(({ type }) => type === 'd').map(({ text }) => text);
      expect(output.join('')).toBe('hello world');
      expect(frames.filter(({ type }) => type !== 'd').map(({ type }) => type)).toEqual(['w', 'b', 'x']);
      expect(frames.at(-1)?.text).toBe('end');
    }
  });

  it('of an impossible length are refused before anything is kept of them', () => {
    const frame = encodeFrame('g');
    frame.writeUInt32LE(65537, 1);
    expect(() => createFrameDecoder().push(frame)).toThrow(RangeError);
  });
});
