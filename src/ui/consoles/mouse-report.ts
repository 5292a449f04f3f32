/** The mouse as a program inside asked for it: xterm's ctlseqs, "Mouse Tracking". Pure. */
import type { MouseReport } from '../terminal/input.ts';

export interface MouseWish {
  /** 'none': nobody asked. */
  readonly tracking: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
  /** SGR (1006): places of any size; else bytes. */
  readonly sgr: boolean;
}

const MOTION = 32;
export const WHEEL = 64;
/** Without SGR a place is one byte, from 33 on. */
const LARGEST_BYTE_PLACE = 222;

/** Undefined: the program did not ask for this one. */
export function encodeMouse(report: MouseReport, wish: MouseWish): string | undefined {
  if (!isWanted(report, wish.tracking)) return undefined;
  const { code, column, row, released } = report;
  if (wish.sgr) return `\x1b[<${code};${column + 1};${row + 1}${released ? 'm' : 'M'}`;
  if (column > LARGEST_BYTE_PLACE || row > LARGEST_BYTE_PLACE) return undefined;
  // Which button was released is not told.
  const told = released ? (code & ~3) | 3 : code;
  return `\x1b[M${String.fromCharCode(told + 32, column + 33, row + 33)}`;
}

function isWanted({ code, released }: MouseReport, tracking: MouseWish['tracking']): boolean {
  switch (tracking) {
    case 'none':
      return false;
    case 'x10':
      return !released && code < 3;
    case 'vt200':
      return (code & MOTION) === 0;
    case 'drag':
      return (code & MOTION) === 0 || (code & 3) !== 3;
    case 'any':
      return true;
  }
}
