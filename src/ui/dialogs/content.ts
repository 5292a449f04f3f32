/** What is in the box of a dialog. */
export interface Content {
  readonly title: string;
  readonly lines: readonly string[];
  readonly foot: string;
  readonly danger?: boolean;
  readonly width: number;
  /** The first line that is shown. */
  readonly top?: number;
}

/** Cells, border included. */
export const WIDEST = 80;

/** So that a box stays as high as it is. */
export function padded(lines: readonly string[], count: number): readonly string[] {
  return [...lines, ...Array.from({ length: Math.max(0, count - lines.length) }, () => '')];
}
