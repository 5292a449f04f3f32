/** What the dashboard writes on its terminal, and which modes it sets there; nothing of its own while the terminal is away. */
import type { Size } from '../state/dashboard-state.ts';
import type { Sink } from './screen.ts';
import { enterScreen, firstMouseMode, type MouseMode, mouseMode } from './screen-modes.ts';

export interface Surface {
  readonly size: () => Size;
  readonly sink: Sink;
  readonly write: (text: string) => void;
  /** Writes nothing if it is that already. */
  readonly setMouse: (mode: MouseMode) => void;
  /** All of them, anew. */
  readonly setModes: () => void;
  /** What is due at once when we go on must not come before the terminal is ours again. */
  readonly setAway: (away: boolean) => void;
  readonly isAway: () => boolean;
}

export function createSurface(stdout: NodeJS.WriteStream): Surface {
  let away = false;
  let mouse = firstMouseMode;
  const size = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const write = (text: string): void => void stdout.write(text);
  return {
    size,
    sink: {
      rows: () => size().rows,
      write: (text) => stdout.write(text),
      isFull: () => away || stdout.writableNeedDrain,
    },
    write,
    setMouse: (mode) => {
      if (mode === mouse) return;
      mouse = mode;
      if (!away) write(mouseMode(mode));
    },
    setModes: () => write(mouse === firstMouseMode ? enterScreen : enterScreen + mouseMode(mouse)),
    setAway: (next) => {
      away = next;
    },
    isAway: () => away,
  };
}
