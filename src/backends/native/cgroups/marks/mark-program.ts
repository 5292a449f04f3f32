/**
 * Marks as a program for the kernel (BPF_PROG_TYPE_CGROUP_SKB at BPF_CGROUP_INET_EGRESS), and back. The kernel runs it for each
 * IPv4 or IPv6 packet that a socket of the group sends, behind nft's postrouting and before tc (ip_finish_output), with struct
 * __sk_buff; it may write the packet's mark and priority, and 1 lets it go on.
 */
import {
  answer,
  decodeInstructions,
  encodeInstructions,
  type Instruction,
  jumpUnless,
  loadContext,
} from '../programs/instructions.ts';

export interface Marks {
  /** 0: it is left alone. */
  readonly mark: number;
  /** By index of the interface that a packet leaves through. */
  readonly priorities: ReadonlyMap<number, number>;
}

/** Offsets in struct __sk_buff of linux/bpf.h. */
const MARK = 8;
const PRIORITY = 32;
const IFINDEX = 40;

/** Registers: r1 is the context. */
const VALUE = 2;
const INTERFACE = 3;

const set = (register: number, value: number): Instruction => [0xb4, register, 0, 0, value | 0];
const storeContext = (from: number, offset: number): Instruction => [0x63, 1, from, offset, 0];
const write = (offset: number, value: number): readonly Instruction[] => [
  set(VALUE, value),
  storeContext(VALUE, offset),
];

/** Undefined where nothing is to be marked. */
export function markProgram({ mark, priorities }: Marks): string | undefined {
  if (mark === 0 && priorities.size === 0) return undefined;
  return encodeInstructions([
    ...(priorities.size === 0 ? [] : [loadContext(INTERFACE, IFINDEX)]),
    ...(mark === 0 ? [] : write(MARK, mark)),
    ...[...priorities].flatMap(([index, priority]) => [
      jumpUnless(INTERFACE, index, 2),
      ...write(PRIORITY, priority),
    ]),
    ...answer(1),
  ]);
}

/**
 * What a program does: as it was made, or as the kernel shows it, where the offsets are those of its own structures and the index is
 * loaded by way of the interface. Undefined for one that was not made here.
 */
export function marksOfProgram(hex: string): Marks | undefined {
  let rest = decodeInstructions(hex);
  const next = (count: number) => {
    const taken = rest.slice(0, count);
    rest = rest.slice(count);
    return taken;
  };
  if (rest[0]?.[0] === 0x79 && !isInterfaceLoad(next(3))) return undefined;
  if (rest[0]?.[0] === 0x61) next(1);
  let mark = 0;
  if (rest[0]?.[0] === 0xb4) {
    const value = writtenBy(next(2));
    if (value === undefined) return undefined;
    mark = value;
  }
  const priorities = new Map<number, number>();
  while (rest[0]?.[0] === 0x56) {
    const [check, ...writes] = next(3);
    const value = writtenBy(writes);
    if (check?.[1] !== INTERFACE || check[3] !== 2 || value === undefined) return undefined;
    priorities.set(check[4], value);
  }
  const marks = { mark, priorities };
  return encodeInstructions(rest) === encodeInstructions(answer(1)) ? marks : undefined;
}

/** `r3 = skb->dev; if (r3) r3 = r3->ifindex`. */
function isInterfaceLoad([device, check, index]: readonly Instruction[]): boolean {
  return (
    device?.[1] === INTERFACE &&
    check?.[0] === 0x15 &&
    check[1] === INTERFACE &&
    check[3] === 1 &&
    index?.[0] === 0x61 &&
    index[1] === INTERFACE &&
    index[2] === INTERFACE
  );
}

function writtenBy([value, store]: readonly Instruction[]): number | undefined {
  const is =
    value?.[0] === 0xb4 && value[1] === VALUE && store?.[0] === 0x63 && store[1] === 1 && store[2] === VALUE;
  return is ? value[4] >>> 0 : undefined;
}
