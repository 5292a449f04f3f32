/**
 * Rules as a program for the kernel (BPF_PROG_TYPE_CGROUP_DEVICE, "Device controller" of cgroup-v2.rst), and back. The kernel
 * runs it at each open and mknod of a device with struct bpf_cgroup_dev_ctx { u32 access_type, major, minor }; 0 refuses.
 */
import { BackendError } from '../../../backend.ts';
import {
  answer,
  decodeInstructions,
  encodeInstructions,
  type Instruction,
  jumpUnless,
  loadContext,
} from '../programs/instructions.ts';
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

const copy = (to: number, from: number): Instruction => [0xbc, to, from, 0, 0];
const shiftRight = (to: number, bits: number): Instruction => [0x74, to, 0, 0, bits];
const and = (to: number, mask: number): Instruction => [0x54, to, 0, 0, mask];

const PROLOGUE: readonly Instruction[] = [
  loadContext(TYPE, 0),
  copy(WANTED, TYPE),
  shiftRight(WANTED, 16),
  and(TYPE, 0xffff),
  loadContext(MAJOR, 4),
  loadContext(MINOR, 8),
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
  return encodeInstructions([...PROLOGUE, ...rules.flatMap(block), ...answer(0)]);
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
  const code = decodeInstructions(hex);
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
