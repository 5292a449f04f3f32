/** The few colours of the command line: the terminal's own 16, never the only carrier of a meaning. */
import type { MachineState } from '../machines/machines.ts';

export type Colour = 'green' | 'red' | 'yellow' | 'blue' | 'cyan' | 'bold' | 'dim';

const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

export type Paint = (colour: Colour | undefined, text: string) => string;

export function createPaint(enabled: boolean): Paint {
  return (colour, text) => {
    if (!enabled || colour === undefined || text === '') return text;
    const [on, off] = codes[colour];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
}

export const stateColours: Readonly<Record<MachineState, Colour>> = {
  stopped: 'dim',
  starting: 'cyan',
  running: 'green',
  freezing: 'blue',
  frozen: 'blue',
  stopping: 'yellow',
  error: 'red',
};
