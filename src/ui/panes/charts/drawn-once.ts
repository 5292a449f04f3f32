/** The dashboard is drawn at each key and whenever a console says something; charts are drawn when what they show is something else. */
import type { PaneLine } from '../pane.ts';

let last: { readonly inputs: readonly unknown[]; readonly lines: readonly PaneLine[] } | undefined;

/** @param inputs all that the lines depend on */
export function drawnOnce(inputs: readonly unknown[], draw: () => readonly PaneLine[]): readonly PaneLine[] {
  const isSame =
    last?.inputs.length === inputs.length && inputs.every((input, at) => input === last?.inputs[at]);
  if (last === undefined || !isSame) last = { inputs, lines: draw() };
  return last.lines;
}
