/** Instructions of BPF programs: 8 bytes each, as struct bpf_insn of linux/bpf.h has them. */

export type Instruction = readonly [
  code: number,
  to: number,
  from: number,
  offset: number,
  immediate: number,
];

/** `r = *(u32 *)(r1 + offset)`: r1 is the context that the kernel hands over. */
export const loadContext = (to: number, offset: number): Instruction => [0x61, to, 1, offset, 0];

/** `if (w != value) skip`: over so many instructions. */
export const jumpUnless = (register: number, value: number, over: number): Instruction => [
  0x56,
  register,
  0,
  over,
  value | 0,
];

export const answer = (value: 0 | 1): readonly Instruction[] => [
  [0xb7, 0, 0, 0, value],
  [0x95, 0, 0, 0, 0],
];

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** As hexadecimal, in the order of this processor: the two registers are bit fields. */
export function encodeInstructions(code: readonly Instruction[]): string {
  const program = Buffer.alloc(code.length * 8);
  code.forEach(([op, to, from, offset, immediate], index) => {
    const at = index * 8;
    program[at] = op;
    program[at + 1] = LITTLE_ENDIAN ? (from << 4) | to : (to << 4) | from;
    if (LITTLE_ENDIAN) {
      program.writeInt16LE(offset, at + 2);
      program.writeInt32LE(immediate, at + 4);
    } else {
      program.writeInt16BE(offset, at + 2);
      program.writeInt32BE(immediate, at + 4);
    }
  });
  return program.toString('hex');
}

export function decodeInstructions(hex: string): readonly Instruction[] {
  const program = Buffer.from(hex, 'hex');
  return Array.from({ length: Math.floor(program.length / 8) }, (_, index): Instruction => {
    const at = index * 8;
    const registers = program[at + 1] ?? 0;
    const [high, low] = [registers >> 4, registers & 0xf];
    return [
      program[at] ?? 0,
      LITTLE_ENDIAN ? low : high,
      LITTLE_ENDIAN ? high : low,
      LITTLE_ENDIAN ? program.readInt16LE(at + 2) : program.readInt16BE(at + 2),
      LITTLE_ENDIAN ? program.readInt32LE(at + 4) : program.readInt32BE(at + 4),
    ];
  });
}
