/** The colours of the pictures: those of a dark terminal. */
import type { IBufferCell } from '@xterm/headless';

export const background = '#11151c';
export const foreground = '#d3d8e2';

const palette = [
  '#1b212b',
  '#ef6b73',
  '#7fc97f',
  '#e8bf6a',
  '#6aa5f0',
  '#c792ea',
  '#5ccfd6',
  '#d3d8e2',
  '#66707f',
  '#ff8b92',
  '#a5e3a5',
  '#ffd98f',
  '#93c1ff',
  '#dcb3f7',
  '#8ae5ea',
  '#ffffff',
] as const;

export interface CellColours {
  readonly front: string;
  readonly back: string;
}

export function coloursOf(cell: IBufferCell): CellColours {
  const front = cell.isFgDefault() ? foreground : colour(cell.isFgRGB(), cell.getFgColor());
  const back = cell.isBgDefault() ? background : colour(cell.isBgRGB(), cell.getBgColor());
  return cell.isInverse() ? { front: back, back: front } : { front, back };
}

/** The cube and the greys of xterm's 256 colours. */
function colour(direct: boolean, value: number): string {
  if (direct) return hex([value >> 16, (value >> 8) & 255, value & 255]);
  const known = palette[value];
  if (known !== undefined) return known;
  if (value >= 232) return hex(Array.from({ length: 3 }, () => 8 + (value - 232) * 10));
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const place = value - 16;
  return hex([level(Math.floor(place / 36)), level(Math.floor(place / 6) % 6), level(place % 6)]);
}

function hex(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
