import { describe, expect, it } from 'vitest';
import { tiles } from '../../../src/ui/consoles/console-areas.ts';

const whole = { column: 2, row: 1, width: 121, height: 37 };

describe('consoles side by side', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('are %i that cover all there is, and each other nowhere', (count) => {
    const covered = new Set<string>();
    const areas = tiles(whole, count);
    for (const { column, row, width, height } of areas) {
      for (let x = column; x < column + width; x += 1) {
        for (let y = row; y < row + height; y += 1) {
          expect(covered.has(`${x} ${y}`)).toBe(false);
          covered.add(`${x} ${y}`);
        }
      }
    }
    expect(areas).toHaveLength(count);
    expect(covered.size).toBe(whole.width * whole.height);
  });

  it('lie above each other where it is narrow', () => {
    expect(tiles({ ...whole, width: 60 }, 2).map(({ width }) => width)).toEqual([60, 60]);
    expect(tiles(whole, 2).map(({ height }) => height)).toEqual([37, 37]);
  });
});
