/** The last values as a line of bars, newest at the right. Pure. */

const blocks = ' ▁▂▃▄▅▆▇█';
const letters = ' .:-=+*#@';

/**
 * @param values oldest first; null was not measured, and is blank
 * @param top what fills a cell; a greater value does too
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  top: number,
  unicode: boolean,
): string {
  const glyphs = unicode ? blocks : letters;
  const highest = glyphs.length - 1;
  const shown = values.slice(Math.max(0, values.length - width));
  const bars = shown.map((value) => {
    if (value === null || value <= 0 || !(top > 0)) return glyphs[0];
    // What is little is still something.
    return glyphs[Math.max(1, Math.min(highest, Math.round((value / top) * highest)))];
  });
  return bars.join('').padStart(width);
}
