/** Sets of processors and memory nodes as D-Bus has them: a bit each, the lowest first. Pure. */
import { bytes } from '../bus/values.ts';

/** A list such as `0-3,7`; undefined: no set. */
export function cpusFrom(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const set = [...bytes(value)].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).map((bit) => index * 8 + bit),
  );
  return set.length === 0 ? undefined : ranges(set).join(',');
}

export function cpusTo(text: string | undefined): Buffer {
  const set = (text ?? '').split(',').filter(Boolean).flatMap(members);
  const found = Buffer.alloc(set.length === 0 ? 0 : Math.floor(Math.max(...set) / 8) + 1);
  for (const member of set) found[member >> 3] = (found[member >> 3] ?? 0) | (1 << (member & 7));
  return found;
}

function members(range: string): readonly number[] {
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function ranges(set: readonly number[]): readonly string[] {
  const found: { first: number; last: number }[] = [];
  for (const member of set) {
    const range = found.at(-1);
    if (range?.last === member - 1) range.last = member;
    else found.push({ first: member, last: member });
  }
  return found.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
}
