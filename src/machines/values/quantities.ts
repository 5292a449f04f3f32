/** Numbers as people write them: 512M, 150%, and back. */
import { cpuPeriodUsec, cpuQuotaUsec, isWithin } from './bounds.ts';

const units: readonly string[] = ['', 'K', 'M', 'G', 'T'];

/** Bytes, or undefined. Units are powers of 1024: 512M, 1.5G, 64KiB. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  if (number === undefined) {
    return undefined;
  }
  const power = units.indexOf(unit.toUpperCase());
  const bytes = Math.round(Number(number) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The kernel counts in pages, on most processors of this size. */
const PAGE = 4096;

/** `50%` of so many bytes in whole pages, at most all of them; undefined for what is no such share. */
export function parseShare(text: string, of: number): number | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (percent === undefined || Number(percent) > 100) return undefined;
  return Math.floor((of * Number(percent)) / 100 / PAGE) * PAGE;
}

/** The largest unit that loses nothing. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let power = 0;
  while (value !== 0 && value % 1024 === 0 && power < units.length - 1) {
    value /= 1024;
    power += 1;
  }
  return `${value}${units[power]}`;
}

export interface CpuQuota {
  readonly quotaUsec: number | 'max';
  readonly periodUsec: number;
}

/** The kernel's default period, 100 ms. */
const PERIOD_USEC = 100_000;

/** `150%` of one CPU, the kernel's own `QUOTA PERIOD`, or `max`. */
export function parseCpu(text: string): CpuQuota | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (percent !== undefined) {
    return bounded(Math.round((Number(percent) / 100) * PERIOD_USEC), PERIOD_USEC);
  }
  const [, quota, period] = /^(\d+|max)(?:\s+(\d+))?$/.exec(text) ?? [];
  if (quota === undefined) {
    return undefined;
  }
  return bounded(
    quota === 'max' ? 'max' : Number(quota),
    period === undefined ? PERIOD_USEC : Number(period),
  );
}

/** What may be written, in words. */
export const cpuBounds =
  'percent of one CPU such as 150%, "QUOTA PERIOD" in microseconds ' +
  `(a quota of ${cpuQuotaUsec.least} or more, a period of ${cpuPeriodUsec.least} to ${cpuPeriodUsec.most}), or max`;

export function formatCpu({ quotaUsec, periodUsec }: CpuQuota): string {
  if (quotaUsec === 'max') {
    return 'max';
  }
  return periodUsec === PERIOD_USEC ? `${(quotaUsec * 100) / PERIOD_USEC}%` : `${quotaUsec} ${periodUsec}`;
}

function bounded(quotaUsec: number | 'max', periodUsec: number): CpuQuota | undefined {
  const quotaFits = quotaUsec === 'max' || isWithin(quotaUsec, cpuQuotaUsec);
  return quotaFits && isWithin(periodUsec, cpuPeriodUsec) ? { quotaUsec, periodUsec } : undefined;
}
