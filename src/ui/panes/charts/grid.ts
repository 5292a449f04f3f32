/** Charts beside and below each other. Pure. */
import { type Arrangement, GAP } from './arrangement.ts';
import { type ChartSource, chartBlock } from './chart-block.ts';
import type { Chart } from './chart-table.ts';
import { sparkRow } from './spark-row.ts';

type IsChosen = (chart: Chart) => boolean;

/** As many of them as there is room for, the chosen one among them. */
export function windowOf<T>(all: readonly T[], chosen: number, count: number): readonly T[] {
  const first = Math.max(0, Math.min(chosen, all.length - count));
  return all.slice(first, first + count);
}

export function bandRows(
  charts: readonly Chart[],
  { columns, width, bands }: Arrangement,
  source: ChartSource,
  isChosen: IsChosen,
): readonly string[] {
  return bands.flatMap((height, band) => {
    const beside = charts.slice(band * columns, (band + 1) * columns);
    const blocks = beside.map((chart, index) => {
      // Only the lowest of each column has times below it.
      const isLowest = band * columns + index + columns >= charts.length;
      return chartBlock(chart, source, {
        width,
        height,
        chosen: isChosen(chart),
        hasTimes: isLowest && height > 5,
      });
    });
    return besideEachOther(blocks, height, width);
  });
}

export function sparkRows(
  charts: readonly Chart[],
  { columns, width, sparkRows: rows }: Arrangement,
  source: ChartSource,
  isChosen: IsChosen,
): readonly string[] {
  return Array.from({ length: rows }, (_, row) =>
    charts
      .slice(row * columns, (row + 1) * columns)
      .map((chart) => sparkRow(chart, source, { width, chosen: isChosen(chart) }))
      .join(' '.repeat(GAP)),
  );
}

function besideEachOther(
  blocks: readonly (readonly string[])[],
  height: number,
  width: number,
): readonly string[] {
  return Array.from({ length: height }, (_, row) =>
    blocks.map((block) => block[row] ?? ' '.repeat(width)).join(' '.repeat(GAP)),
  );
}
