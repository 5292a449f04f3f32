/**
 * The seccomp profiles as data, and as the text that helper/tools/seccomp-compile.c reads. An allow-list, as
 * systemd-nspawn and docker have: what nobody thought of is refused. Nothing is ever killed: a call is answered.
 */
import { ALLOWED_CALLS, NESTING_CALLS, REFUSED_CALLS } from './calls.ts';

export type ProfileName = 'default' | 'nesting';

/** By Node's name of the processor: libseccomp's names, the machine's own first, then what else its kernel runs. */
export const ARCHITECTURES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  // x32 is left out and so answered with ENOSYS: no distribution has it, and it would double the calls to get right.
  x64: ['x86_64', 'x86'],
  arm64: ['aarch64', 'arm'],
  riscv64: ['riscv64'],
};

/** A call is answered with `errno` when (argument & mask) == value. */
interface ArgumentRule {
  readonly call: string;
  readonly errno: number;
  readonly argument: number;
  readonly mask: number;
  readonly value: number;
  /** Only for calls of the machine's own architecture, not for those of 32-bit programs. */
  readonly ownOnly?: boolean;
}

const EPERM = 1;
const EACCES = 13;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** The kernel looks at 32 bits of these arguments: comparing more would let a set upper bit through (CVE-2019-10063). */
const LOW_32_BITS = 0xffffffff;

const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const MNT_FORCE = 1;
const AF_VSOCK = 40;

const ARGUMENT_RULES: readonly ArgumentRule[] = [
  // Both put keys into a terminal as if a person had typed them: a way out of a console that came from outside.
  { call: 'ioctl', errno: EPERM, argument: 1, mask: LOW_32_BITS, value: TIOCSTI },
  { call: 'ioctl', errno: EPERM, argument: 1, mask: LOW_32_BITS, value: TIOCLINUX },
  // A forced umount ends the I/O of everybody who has that file system; answered as lxc does.
  { call: 'umount2', errno: EACCES, argument: 1, mask: MNT_FORCE, value: MNT_FORCE },
];

/**
 * Network namespaces do not separate vsock: it reaches the hypervisor and its services; docker refuses it too. i386's
 * socketcall(2) cannot be looked into, so for 32-bit programs there is no such rule: it is a hint, not a wall.
 */
const NO_VSOCK: ArgumentRule = {
  call: 'socket',
  errno: EAFNOSUPPORT,
  argument: 0,
  mask: LOW_32_BITS,
  value: AF_VSOCK,
  ownOnly: true,
};

/** Linux and 32-bit Linux, each also as 2.6; without address randomisation (debuggers); the question what is set. */
const PERSONALITIES = [0, 0x8, 0x20000, 0x20008, 0x40000, 0x40008, 0xffffffff];

/** The profile in the language of the compiler. */
export function profileText(profile: ProfileName): string {
  const nested = profile === 'nesting' ? names(NESTING_CALLS) : [];
  const refused = names(REFUSED_CALLS).filter((call) => !nested.includes(call));
  const rules = profile === 'nesting' ? ARGUMENT_RULES : [...ARGUMENT_RULES, NO_VSOCK];
  return [
    'arguments',
    ...rules.map(argumentRule),
    `calls ${ENOSYS}`,
    ...[...names(ALLOWED_CALLS), ...nested].map((call) => `allow ${call}`),
    ...PERSONALITIES.map((persona) => `allow personality 0 ${persona}`),
    ...refused.map((call) => `errno ${EPERM} ${call}`),
    '',
  ].join('\n');
}

function argumentRule(rule: ArgumentRule): string {
  const keyword = rule.ownOnly ? 'own-errno' : 'errno';
  return `${keyword} ${rule.errno} ${rule.call} ${rule.argument} ${rule.mask} ${rule.value}`;
}

function names(groups: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(groups).flatMap((group) => group.trim().split(/\s+/));
}
