/** Marks as a program: what it writes is tried in an interpreter of the few instructions that it is made of. */
import { describe, expect, it } from 'vitest';
import {
  markProgram,
  marksOfProgram,
} from '../../../../../src/backends/native/cgroups/marks/mark-program.ts';

interface Packet {
  readonly mark: number;
  readonly priority: number;
  readonly ifindex: number;
}

/** Offsets in struct __sk_buff of linux/bpf.h. */
const OFFSETS = { mark: 8, priority: 32, ifindex: 40 };

const marks = (mark: number, ...priorities: readonly (readonly [number, number])[]) => ({
  mark,
  priorities: new Map(priorities),
});

/** Runs the program as the kernel does: instructions of 8 bytes, little-endian as on the processors that tests run on. */
function sent(program: string, packet: Partial<Packet>): Omit<Packet, 'ifindex'> {
  const context = Buffer.alloc(64);
  for (const [name, value] of Object.entries(packet))
    context.writeUInt32LE(value, OFFSETS[name as keyof Packet]);
  const code = Buffer.from(program, 'hex');
  const registers = new Uint32Array(11);
  for (let at = 0; at < code.length; at += 8) {
    const [to, from] = [(code[at + 1] ?? 0) & 0xf, (code[at + 1] ?? 0) >> 4];
    const [offset, value] = [code.readInt16LE(at + 2), code.readInt32LE(at + 4)];
    switch (code[at]) {
      case 0x61: // r = *(u32 *)(r1 + offset)
        expect(from).toBe(1);
        registers[to] = context.readUInt32LE(offset);
        break;
      case 0xb4: // w = value
      case 0xb7: // r = value
        registers[to] = value;
        break;
      case 0x63: // *(u32 *)(r1 + offset) = w
        expect(to).toBe(1);
        context.writeUInt32LE(registers[from] ?? 0, offset);
        break;
      case 0x56: // if w != value goto
        if (registers[to] !== value >>> 0) at += offset * 8;
        break;
      case 0x95: // exit: 0 would drop the packet
        expect(registers[0]).toBe(1);
        return { mark: context.readUInt32LE(OFFSETS.mark), priority: context.readUInt32LE(OFFSETS.priority) };
      default:
        throw new Error(`unknown instruction ${code[at]?.toString(16)}`);
    }
  }
  throw new Error('the program runs over its end');
}

describe('the program of marks', () => {
  it('marks every packet, and gives a priority by interface', () => {
    const program = markProgram(marks(0x100001, [1, 5], [3, 6])) ?? '';
    expect(sent(program, { ifindex: 1 })).toEqual({ mark: 0x100001, priority: 5 });
    expect(sent(program, { ifindex: 3, mark: 7, priority: 1 })).toEqual({ mark: 0x100001, priority: 6 });
    expect(sent(program, { ifindex: 2, priority: 1 })).toEqual({ mark: 0x100001, priority: 1 });
  });

  it('leaves alone what is not set', () => {
    expect(sent(markProgram(marks(1)) ?? '', { ifindex: 1, priority: 4 })).toEqual({ mark: 1, priority: 4 });
    expect(sent(markProgram(marks(0, [1, 5])) ?? '', { ifindex: 1, mark: 9 })).toEqual({
      mark: 9,
      priority: 5,
    });
    expect(markProgram(marks(0))).toBeUndefined();
  });

  it('takes all numbers of 32 bits', () => {
    const most = 2 ** 32 - 1;
    expect(sent(markProgram(marks(most, [1, most])) ?? '', { ifindex: 1 })).toEqual({
      mark: most,
      priority: most,
    });
  });
});

describe('what a program does', () => {
  it.each([[marks(0x100001)], [marks(2 ** 32 - 1, [1, 2 ** 32 - 1])], [marks(0, [1, 5], [3, 6])]])(
    'is read back: %j',
    (wanted) => {
      expect(marksOfProgram(markProgram(wanted) ?? '')).toEqual(wanted);
    },
  );

  /** As the kernels 6.1 and 6.18 show one: with the offsets of struct sk_buff and struct net_device. */
  const shown = (ifindex: string, mark: string) =>
    `7913100000000000 1503010000000000 6133${ifindex}00000000 b402000001001000 6321${mark}00000000
     5603020001000000 b402000006000000 63218c0000000000 b700000001000000 9500000000000000`.replaceAll(
      /\s/g,
      '',
    );

  it.each([
    ['6.1', shown('d800', 'a800')],
    ['6.18', shown('e000', 'a400')],
  ])('is read from what Linux %s shows', (_, program) => {
    expect(marksOfProgram(program)).toEqual(marks(0x100001, [1, 6]));
  });

  it.each([
    ['nothing that is shown', ''],
    ['another answer', 'b7000000000000009500000000000000'],
    ['another register', shown('e000', 'a400').replace('b402000001001000', 'b404000001001000')],
    ['another jump', shown('e000', 'a400').replace('5603020001000000', '5603030001000000')],
    ['more behind its end', `${shown('e000', 'a400')}9500000000000000`],
  ])('is not guessed of %s', (_, program) => expect(marksOfProgram(program)).toBeUndefined());
});
