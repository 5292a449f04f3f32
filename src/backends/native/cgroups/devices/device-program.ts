/**
 * Rules as a program for the kernel (BPF_PROG_TYPE_CGROUP_DEVICE, "Device controller" of cgroup-v2.rst), and back. The kernel
 * runs it at each open and mknod of a device with struct bpf_cgroup_dev_ctx { u32 access_type, major, minor }; 0 refuses.
 * Instructions are 8 bytes each, as linux/bpf.h has them: code, registers, offset of a jump, immediate.
 */
import { BackendError } from '../../../backend.ts';
import type { DeviceRule, DeviceType } from './device-rule.ts';

/** linux/bpf.h: BPF_DEVCG_ACC_* and BPF_DEVCG_DEV_*; together they are the halves of access_type. */
const ACCESS: readonly (readonly [letter: string, bit: number])[] = [
  ['r', 2],
  ['w', 4],
  ['m', 1],
];
const EVERY_ACCESS = 7;
const TYPES: Readonly<Record<DeviceType, number>> = { b: 1, c: 2 };

/** Registers: r1 is the context, later free; the others are filled once. */
const FREE = 1;
const TYPE = 2;
const WANTED = 3;
const MAJOR = 4;
const MINOR = 5;

type Instruction = readonly [code: number, to: number, from: number, offset: number, immediate: number];

const load = (to: number, offset: number): Instruction => [0x61, to, 1, offset, 0];
const copy = (to: number, from: number): Instruction => [0xbc, to, from, 0, 0];
const shiftRight = (to: number, bits: number): Instruction => [0x74, to, 0, 0, bits];
const and = (to: number, mask: number): Instruction => [0x54, to, 0, 0, mask];
const jumpUnless = (register: number, value: number, over: number): Instruction => [
  0x56,
  register,
  0,
  over,
  value,
];
const answer = (value: 0 | 1): readonly Instruction[] => [
  [0xb7, 0, 0, 0, value],
  [0x95, 0, 0, 0, 0],
];

const PROLOGUE: readonly Instruction[] = [
  load(TYPE, 0),
  copy(WANTED, TYPE),
  shiftRight(WANTED, 16),
  and(TYPE, 0xffff),
  load(MAJOR, 4),
  load(MINOR, 8),
];

/** What the verifier takes for them grows faster than they do. */
const MOST_RULES = 256;

/** @throws BackendError 'unsupported' for more rules than are of use to anybody */
export function deviceProgram(rules: readonly DeviceRule[]): string {
  if (rules.length > MOST_RULES) {
    throw new BackendError(
      'unsupported',
      `devices.allow: ${rules.length} devices are too many for one machine`,
      {
        hint: `At most ${MOST_RULES}: name whole groups of them, as char-usb_device or "c 189:*", or a for all.`,
      },
    );
  }
  return bytes([...PROLOGUE, ...rules.flatMap(block), ...answer(0)]).toString('hex');
}

/** Says yes, or goes on behind itself. */
function block({ type, major, minor, access }: DeviceRule): readonly Instruction[] {
  const forbidden = EVERY_ACCESS & ~bitsOf(access);
  const checks: readonly ((over: number) => Instruction)[] = [
    (over) => jumpUnless(TYPE, TYPES[type], over),
    ...(forbidden === 0
      ? []
      : [() => copy(FREE, WANTED), () => and(FREE, forbidden), (over: number) => jumpUnless(FREE, 0, over)]),
    ...(major === '*' ? [] : [(over: number) => jumpUnless(MAJOR, major, over)]),
    ...(minor === '*' ? [] : [(over: number) => jumpUnless(MINOR, minor, over)]),
  ];
  // From behind a check to behind the answer.
  return [...checks.map((check, index) => check(checks.length - index - 1 + 2)), ...answer(1)];
}

function bitsOf(access: string): number {
  return ACCESS.reduce((bits, [letter, bit]) => (access.includes(letter) ? bits | bit : bits), 0);
}

/** The kernel shows a program as it was loaded; undefined for one that was not made here. */
export function rulesOfProgram(hex: string): readonly DeviceRule[] | undefined {
  const code = readInstructions(hex);
  const rules: DeviceRule[] = [];
  let rest = code.slice(PROLOGUE.length);
  for (let [check] = rest; check?.[0] === 0x56 && check[3] >= 0; [check] = rest) {
    rules.push(ruleOf(rest.slice(0, check[3])));
    rest = rest.slice(check[3] + 1);
  }
  return rules.length <= MOST_RULES && deviceProgram(rules) === hex ? rules : undefined;
}

/** Only those of `block` come out right; the others are found by comparing. */
function ruleOf(code: readonly Instruction[]): DeviceRule {
  const comparedWith = (register: number) => code.find(([op, to]) => op === 0x56 && to === register)?.[4];
  const forbidden = code.find(([op, to]) => op === 0x54 && to === FREE)?.[4] ?? 0;
  return {
    type: comparedWith(TYPE) === TYPES.b ? 'b' : 'c',
    major: comparedWith(MAJOR) ?? '*',
    minor: comparedWith(MINOR) ?? '*',
    access: [...'rwm'].filter((letter) => (bitsOf(letter) & forbidden) === 0).join(''),
  };
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** In the order of this processor: the two registers are bit fields. */
function bytes(code: readonly Instruction[]): Buffer {
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
  return program;
}

function readInstructions(hex: string): readonly Instruction[] {
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
