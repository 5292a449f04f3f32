/** A small interpreter of classic BPF as seccomp uses it (Documentation/userspace-api/seccomp_filter.rst). */

export interface SystemCall {
  readonly number: number;
  /** AUDIT_ARCH of linux/audit.h. */
  readonly arch: number;
  readonly arguments?: readonly bigint[];
}

export const AUDIT_ARCH = {
  x86_64: 0xc000003e,
  x86: 0x40000003,
  aarch64: 0xc00000b7,
  arm: 0x40000028,
  riscv64: 0xc00000f3,
} as const;

const LOAD_ABSOLUTE = 0x20;
const AND = 0x54;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER = 0x25;
const JUMP_GREATER_OR_EQUAL = 0x35;
const JUMP_SET = 0x45;
const RETURN = 0x06;

/** The value that the filter returns: SECCOMP_RET_*. */
export function runFilter(program: Buffer, call: SystemCall): number {
  const data = seccompData(call);
  let accumulator = 0;
  let at = 0;
  for (;;) {
    const code = program.readUInt16LE(at * 8);
    const k = program.readUInt32LE(at * 8 + 4);
    const jump = (taken: boolean): number => program.readUInt8(at * 8 + (taken ? 2 : 3));
    if (code === RETURN) return k;
    if (code === LOAD_ABSOLUTE) accumulator = data.readUInt32LE(k);
    else if (code === AND) accumulator = (accumulator & k) >>> 0;
    else if (code === JUMP) at += k;
    else if (code === JUMP_EQUAL) at += jump(accumulator === k);
    else if (code === JUMP_GREATER) at += jump(accumulator > k);
    else if (code === JUMP_GREATER_OR_EQUAL) at += jump(accumulator >= k);
    else if (code === JUMP_SET) at += jump((accumulator & k) !== 0);
    else throw new Error(`instruction ${at} has the unexpected code ${code}`);
    at += 1;
  }
}

/** struct seccomp_data. */
function seccompData(call: SystemCall): Buffer {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number >>> 0, 0);
  data.writeUInt32LE(call.arch, 4);
  for (const [index, value] of (call.arguments ?? []).entries()) {
    data.writeBigUInt64LE(BigInt.asUintN(64, value), 16 + index * 8);
  }
  return data;
}

/** 'allow', the errno that the call is answered with, or the raw value for anything else. */
export function answerOf(program: Buffer, call: SystemCall): 'allow' | number | string {
  const value = runFilter(program, call);
  if (value === 0x7fff0000) return 'allow';
  if (value >>> 16 === 0x0005) return value & 0xffff;
  return `0x${value.toString(16)}`;
}
