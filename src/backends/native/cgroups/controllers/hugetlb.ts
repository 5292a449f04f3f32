/** hugetlb.SIZE.max: "HugeTLB Interface Files" of cgroup-v2.rst; in v1 cgroup-v1/hugetlb.rst. */
import type { Amount } from '../../../limits.ts';
import type { LimitFiles, LimitTable } from './limit.ts';
import { parseAmount } from './one-value.ts';

type BySize = Readonly<Record<string, Amount>>;

export const hugetlbLimits: LimitTable<'hugetlb.max'> = {
  'hugetlb.max': {
    standard: {},
    unified: files('max', 'max'),
    legacy: files('limit_in_bytes', '-1'),
    same: (set, inForce) =>
      Object.entries(set).every(([size, amount]) => isWhole(size, amount, inForce[size])),
  },
};

function files(suffix: string, unlimited: string): LimitFiles<BySize> {
  return {
    writes: ({ before, after }) =>
      [...new Set([...Object.keys(before), ...Object.keys(after)])].map((size) => {
        const amount = after[size] ?? 'max';
        return { file: `hugetlb.${size}.${suffix}`, value: amount === 'max' ? unlimited : String(amount) };
      }),
    inForce: (read) => {
      const found = PAGE_SIZES.map((size) => [size, parseAmount(read(`hugetlb.${size}.${suffix}`))] as const);
      return Object.fromEntries(found.filter((entry): entry is [string, Amount] => entry[1] !== undefined));
    },
  };
}

/** Of all processors that Linux runs on, as hugetlb_cgroup writes them. */
export const PAGE_SIZES = ['64KB', '1MB', '2MB', '16MB', '32MB', '256MB', '512MB', '1GB', '2GB', '16GB'];

const UNITS: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** Rounded down to whole pages of that size. */
function isWhole(size: string, set: Amount, inForce: Amount | undefined): boolean {
  if (set === 'max' || inForce === 'max' || inForce === undefined) return set === inForce;
  const [, number, unit = ''] = /^(\d+)([KMG]B)$/.exec(size) ?? [];
  const page = Number(number) * (UNITS[unit] ?? 1);
  return inForce <= set && set - inForce < page;
}
