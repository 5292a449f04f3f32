/** Rows at a place of the screen. */
import { useContext, useLayoutEffect } from 'react';
import type { Area } from '../layout.ts';
import { CanvasContext, type Layer } from './canvas.ts';

export interface RowsProps extends Area {
  /** Of its own for each that is shown at the same time. */
  readonly id: string;
  readonly layer?: Layer;
  /** Each of exactly `width` cells. */
  readonly rows: readonly string[];
}

export function Rows({ id, layer = 'panes', column, row, width, height, rows }: RowsProps): null {
  const canvas = useContext(CanvasContext);
  useLayoutEffect(() => {
    canvas.put(id, layer, { column, row, width, lines: rows.slice(0, height) });
  });
  useLayoutEffect(() => () => canvas.remove(id), [canvas, id]);
  return null;
}
