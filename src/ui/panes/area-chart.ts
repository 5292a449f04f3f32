/** A chart of as many rows as there are, each column a value, the newest at the right. Pure. */
const blocks = ' ▁▂▃▄▅▆▇█';
const letters = ' .:-=+*#@';

/**
 * @param values oldest first; null was not measured, and is blank
 * @param top what fills a column
 */
export function areaChart(
  values: readonly (number | null)[],
  { rows, top, unicode }: { readonly rows: number; readonly top: number; readonly unicode: boolean },
): readonly string[] {
  const glyphs = unicode ? blocks : letters;
  const steps = glyphs.length - 1;
  const heights = values.map((value) => height(value, top, rows * steps));
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * steps;
    return heights.map((filled) => glyphs[Math.max(0, Math.min(steps, filled - below))]).join('');
  });
}

/** What is little is still something. */
function height(value: number | null, top: number, most: number): number {
  if (value === null || value <= 0 || !(top > 0)) return 0;
  return Math.max(1, Math.min(most, Math.round((value / top) * most)));
}
