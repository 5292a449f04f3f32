/** Limits that are one value in one file, as most are. */
import type { Amount } from '../../../limits.ts';
import type { LimitFiles } from './limit.ts';

/** @param unlimited what the file takes for `max`: `max` itself, or -1 in v1 */
export function amountFile(file: string, unlimited: 'max' | '-1' = 'max'): LimitFiles<Amount> {
  return {
    writes: ({ after }) => [{ file, value: after === 'max' ? unlimited : String(after) }],
    inForce: (read) => parseAmount(read(file)),
  };
}

export function numberFile(
  file: string,
  written: (value: number) => number = (value) => value,
  meant: (value: number) => number = (value) => value,
): LimitFiles<number> {
  return {
    writes: ({ after }) => [{ file, value: String(written(after)) }],
    inForce: (read) => {
      const number = parseNumber(read(file));
      return number === undefined ? undefined : meant(number);
    },
  };
}

export function flagFile(file: string): LimitFiles<boolean> {
  return {
    writes: ({ after }) => [{ file, value: after ? '1' : '0' }],
    inForce: (read) => {
      const text = read(file);
      return text === undefined ? undefined : text.trim() === '1';
    },
  };
}

/** v1 says "no limit" as the largest multiple of a page that 63 bits hold, or as -1. */
const LARGEST = 2 ** 62;

export function parseAmount(text: string | undefined): Amount | undefined {
  if (text?.trim() === 'max') return 'max';
  const number = parseNumber(text);
  return number === undefined ? undefined : number < 0 || number >= LARGEST ? 'max' : number;
}

export function parseNumber(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}
