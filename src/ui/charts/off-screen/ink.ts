/** Charts pass colours on as they are given: a colour of ours is the name of an ink, and whether a line of it is dotted. */
const mark = ' dotted';

export function inkOf(name: string, dotted = false): string {
  return dotted ? name + mark : name;
}

export function isDotted(ink: string): boolean {
  return ink.endsWith(mark);
}

export function plainInk(ink: string): string {
  return isDotted(ink) ? ink.slice(0, -mark.length) : ink;
}
