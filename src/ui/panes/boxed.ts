/** Rows in a border; the one with the focus is heavy, so that nobody wonders where keys go. Pure. */
import { fitLeft, widthOf } from '../row-text.ts';
import type { Role, Theme } from '../theme.ts';

export interface Box {
  readonly width: number;
  readonly height: number;
  /** May hold colours. */
  readonly title: string;
  readonly focused: boolean;
  /** In the border below. */
  readonly foot?: string;
  readonly role?: Role;
}

export function boxed(rows: readonly string[], box: Box, theme: Theme): readonly string[] {
  const { width, height, title, focused, foot = '' } = box;
  const { horizontal, vertical, corners } = focused ? theme.glyphs.heavy : theme.glyphs;
  const role = box.role ?? (focused ? 'focus' : 'border');
  const [topLeft, topRight, bottomLeft, bottomRight] = corners;
  const line = (left: string, text: string, right: string): string => {
    const room = Math.max(0, width - 4);
    const shown =
      text === '' ? '' : ` ${widthOf(text) > room ? fitLeft(text, room, theme.glyphs.cut) : text} `;
    const rest = Math.max(0, width - 2 - widthOf(shown));
    return theme.paint(role, left) + shown + theme.paint(role, horizontal.repeat(rest) + right);
  };
  const side = theme.paint(role, vertical);
  const inside = Math.max(0, width - 2);
  return [
    line(topLeft, title, topRight),
    ...Array.from(
      { length: Math.max(0, height - 2) },
      (_, index) => side + fitLeft(rows[index] ?? '', inside, theme.glyphs.cut) + side,
    ),
    line(bottomLeft, foot, bottomRight),
  ];
}
