/** Lines and blocks as rectangles of a cell: fonts leave gaps between them, or have none. */

/** Shares of a cell, from its upper left corner: left, top, width, height. */
export type Shape = readonly [number, number, number, number];

const LIGHT = 0.12;
const HEAVY = 0.28;

/** Which arms a character has, and how thick they are. */
function lines(thick: number, arms: string): readonly Shape[] {
  // A cell is about twice as high as it is wide.
  const high = thick / 2;
  const [x, y] = [(1 - thick) / 2, (1 - high) / 2];
  const all: Readonly<Record<string, Shape>> = {
    l: [0, y, (1 + thick) / 2, high],
    r: [x, y, (1 + thick) / 2, high],
    u: [x, 0, thick, (1 + high) / 2],
    d: [x, y, thick, (1 + high) / 2],
  };
  return Array.from(arms).flatMap((arm) => {
    const shape = all[arm];
    return shape === undefined ? [] : [shape];
  });
}

const arms: Readonly<Record<string, readonly [string, string]>> = {
  lr: ['─', '━'],
  ud: ['│', '┃'],
  rd: ['┌', '┏'],
  ld: ['┐', '┓'],
  ru: ['└', '┗'],
  lu: ['┘', '┛'],
  lrd: ['┬', '┳'],
  urd: ['├', '┣'],
};

const blocks = Array.from('▁▂▃▄▅▆▇█').map((character, index): [string, readonly Shape[]] => [
  character,
  [[0, 1 - (index + 1) / 8, 1, (index + 1) / 8]],
]);

const shapes = new Map<string, readonly Shape[]>([
  ...Object.entries(arms).flatMap(([of, [light, heavy]]): [string, readonly Shape[]][] => [
    [light, lines(LIGHT, of)],
    [heavy, lines(HEAVY, of)],
  ]),
  ...blocks,
]);

/** Of a cell's dots, by bit: Unicode, Braille Patterns. */
const places = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

function dots(mask: number): readonly Shape[] {
  return places.flatMap(([column, row], bit): Shape[] =>
    (mask & (1 << bit)) === 0 ? [] : [[0.06 + column / 2, 0.04 + row / 4, 0.38, 0.17]],
  );
}

/** Undefined: it is a letter. */
export function shapesOf(character: string): readonly Shape[] | undefined {
  const mask = character.charCodeAt(0) - 0x2800;
  return mask > 0 && mask <= 0xff ? dots(mask) : shapes.get(character);
}

/** A row of them is one long one. */
export function isLong(character: string): boolean {
  return character === '─' || character === '━' || character === '█';
}
