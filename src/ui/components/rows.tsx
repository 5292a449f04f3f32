/**
 * Rows that change often. They go through a Transform over blank text, so that Ink measures and keeps nothing of them: its caches of
 * texts would grow with every frame.
 */
import { Box, Text, Transform } from 'ink';
import { memo, type ReactElement } from 'react';
import type { Area } from '../layout.ts';

export interface RowsProps extends Area {
  /** Each of exactly `width` cells. */
  readonly rows: readonly string[];
}

const blanks = new Map<string, string>();

/** Of few sizes: a window is resized now and then. */
function blank(width: number, height: number): string {
  const key = `${width} ${height}`;
  const kept = blanks.get(key);
  if (kept !== undefined) return kept;
  if (blanks.size > 64) blanks.clear();
  const text = Array.from({ length: height }, () => '.'.repeat(width)).join('\n');
  blanks.set(key, text);
  return text;
}

export const Rows = memo(function Rows({ column, row, width, height, rows }: RowsProps): ReactElement {
  return (
    <Box position="absolute" marginLeft={column} marginTop={row} width={width} height={height}>
      <Transform transform={(_, index) => rows[index] ?? ''}>
        <Text>{blank(width, height)}</Text>
      </Transform>
    </Box>
  );
});
