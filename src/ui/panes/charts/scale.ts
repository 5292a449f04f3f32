/** How high a chart is, and which numbers stand at its axis. Pure. */
import type { Kind } from './chart-table.ts';

export interface Scale {
  /** What a value is divided by: numbers at the axis have few digits. */
  readonly divisor: number;
  readonly unit: string;
  readonly top: number;
  readonly step: number;
  /** Whether the limit lies in it. */
  readonly showsLimit: boolean;
}

const units = ['', 'K', 'M', 'G', 'T', 'P'] as const;
/** A limit that is further away than that many times what is used would press all to the ground. */
const NEAR = 4;

/** @param peak the greatest value that is shown */
export function scaleOf(peak: number, limit: number | null, kind: Kind, plotRows: number): Scale {
  const showsLimit = limit !== null && limit > 0 && peak * NEAR >= limit;
  const greatest = Math.max(peak, showsLimit ? limit : 0, showsLimit ? 0 : kind.least);
  const power = kind.base === 1 ? 0 : powerOf(greatest, kind.base);
  const divisor = kind.base ** power / kind.times;
  const most = greatest / divisor;
  const step = roundStep(most / labels(plotRows));
  return {
    divisor,
    unit: kind.unit + (units[power] ?? ''),
    top: showsLimit ? most : Math.ceil(most / step - 1e-6) * step,
    step,
    showsLimit,
  };
}

function powerOf(value: number, base: number): number {
  let power = 0;
  while (value >= base ** (power + 1) && power < units.length - 1) power += 1;
  return power;
}

/** Two rows for each at least. */
function labels(plotRows: number): number {
  return Math.max(1, Math.min(5, Math.floor(plotRows / 2)));
}

/** One, two, a quarter or a half of a power of ten, of which the axis shows two places behind the point. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 0.01)));
  const found = [1, 2, 2.5, 5, 10]
    .map((times) => times * power)
    .find((step) => step >= least && isShown(step));
  return found ?? 10 * power;
}

function isShown(step: number): boolean {
  return step < 1 ? Number.isInteger(Math.round(step * 1e6) / 1e4) : Number.isInteger(step);
}
