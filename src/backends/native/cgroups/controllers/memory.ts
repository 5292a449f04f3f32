/** memory.*: "Memory Interface Files" of cgroup-v2.rst; in v1 cgroup-v1/memory.rst. */
import type { Amount } from '../../../limits.ts';
import type { LimitFiles, LimitTable, LimitWrite } from './limit.ts';
import { amountFile, flagFile, parseAmount } from './one-value.ts';

const LEGACY_LIMIT = 'memory.limit_in_bytes';
const LEGACY_BOTH = 'memory.memsw.limit_in_bytes';

export const memoryLimits: LimitTable<
  'memory.max' | 'memory.high' | 'memory.low' | 'memory.min' | 'memory.swap.max' | 'memory.oom.group'
> = {
  'memory.max': {
    standard: 'max',
    unified: amountFile('memory.max'),
    legacy: {
      writes: ({ after, all }) => legacyWrites(after, all['memory.swap.max']),
      inForce: (read) => parseAmount(read(LEGACY_LIMIT)),
    },
    same: isRoundedDown,
  },
  'memory.high': {
    standard: 'max',
    unified: amountFile('memory.high'),
    legacy: 'v1 has no limit that slows instead of killing: use memory.max',
    same: isRoundedDown,
  },
  'memory.low': {
    standard: 0,
    unified: amountFile('memory.low'),
    // As the OCI runtimes take it: above this v1 reclaims first from who is over his.
    legacy: softLimit(),
    same: isRoundedDown,
  },
  'memory.min': {
    standard: 0,
    unified: amountFile('memory.min'),
    legacy: 'v1 cannot keep memory from being reclaimed: use memory.low, its soft limit',
    same: isRoundedDown,
  },
  'memory.swap.max': {
    standard: 'max',
    unified: amountFile('memory.swap.max'),
    legacy: {
      writes: ({ after, all }) => legacyWrites(all['memory.max'] ?? 'max', after),
      inForce: (read) => swapOf(parseAmount(read(LEGACY_LIMIT)), parseAmount(read(LEGACY_BOTH))),
    },
    same: isRoundedDown,
  },
  'memory.oom.group': {
    standard: false,
    unified: flagFile('memory.oom.group'),
    legacy: 'v1 kills one process at a time',
  },
};

/**
 * v1 limits memory, and memory and swap together, and never lets the second be below the first: so that one goes out of the way, and
 * comes last.
 */
function legacyWrites(memory: Amount, swap: Amount | undefined): readonly LimitWrite[] {
  const limit = { file: LEGACY_LIMIT, value: legacyAmount(memory), limit: 'memory.max' as const };
  if (swap === undefined) return [limit];
  const both = memory === 'max' || swap === 'max' ? 'max' : memory + swap;
  const write = (amount: Amount) => ({
    file: LEGACY_BOTH,
    value: legacyAmount(amount),
    limit: 'memory.swap.max' as const,
  });
  return [write('max'), limit, write(both)];
}

function legacyAmount(amount: Amount): string {
  return amount === 'max' ? '-1' : String(amount);
}

function swapOf(memory: Amount | undefined, both: Amount | undefined): Amount | undefined {
  if (memory === undefined || both === undefined) return undefined;
  return memory === 'max' || both === 'max' ? 'max' : both - memory;
}

/** Unlimited there is what v2 calls no protection. */
function softLimit(): LimitFiles<Amount> {
  const file = 'memory.soft_limit_in_bytes';
  return {
    writes: ({ after }) => [{ file, value: after === 0 ? '-1' : legacyAmount(after) }],
    inForce: (read) => {
      const amount = parseAmount(read(file));
      return amount === 'max' ? 0 : amount;
    },
  };
}

/** The largest page that Linux counts memory in. */
const LARGEST_PAGE = 65_536;

/** The kernel counts whole pages. */
function isRoundedDown(set: Amount, inForce: Amount): boolean {
  if (set === 'max' || inForce === 'max') return set === inForce;
  return inForce <= set && set - inForce < LARGEST_PAGE;
}
