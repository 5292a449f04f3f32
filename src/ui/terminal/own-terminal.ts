/** The terminal while it is the dashboard's: raw, on its alternate screen, listened to; and not while it is stopped, or lent to a program. */
import { enterRawMode, type RawTerminal } from '../../terminal/raw-terminal.ts';
import type { Size } from '../state/dashboard-state.ts';
import type { Sink } from './screen.ts';
import { enterScreen, firstMouseMode, leaveScreen, type MouseMode, mouseMode } from './screen-modes.ts';

export interface OwnTerminal {
  readonly size: () => Size;
  readonly sink: Sink;
  readonly write: (text: string) => void;
  /** Writes nothing if it is that already. */
  readonly setMouse: (mode: MouseMode) => void;
  /** Takes it. */
  readonly open: (listeners: TerminalListeners) => void;
  /** Sets its modes anew; all has to be drawn then. */
  readonly redraw: () => void;
  /** Nothing is read or written here until that has ended. Nothing happens if it is not ours now. */
  readonly lend: (run: () => Promise<void>) => Promise<void>;
  /** Not while it is stopped or lent, or once nothing is listened to any more. */
  readonly isOurs: () => boolean;
  /** To the shell, until it brings us back. */
  readonly suspend: () => void;
  /** Nothing that is typed is taken any more. */
  readonly stopListening: () => void;
  readonly close: () => void;
}

export interface TerminalListeners {
  /** Begins to take what is typed; returns what ends it. */
  readonly listen: () => () => void;
  /** What is on it is not ours any more, or torn. */
  readonly onTorn: () => void;
  /** It takes more than before. */
  readonly onDrain: () => void;
  readonly onGone: () => void;
}

export function createOwnTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): OwnTerminal {
  // What is due at once when we go on must not come before the terminal is ours again.
  let away = false;
  let mouse = firstMouseMode;
  let stopListening: () => void = () => undefined;
  let closeAll: () => void = () => undefined;
  let held: { readonly give: () => void; readonly take: () => void } | undefined;
  let onTorn: () => void = () => undefined;
  const size = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const redraw = (): void => {
    stdout.write(mouse === firstMouseMode ? enterScreen : enterScreen + mouseMode(mouse));
    onTorn();
  };
  const enter = (): RawTerminal =>
    enterRawMode(
      stdin,
      { watch: () => undefined, undo: () => leaveScreen },
      {
        beforeStop: async () => {
          away = true;
        },
        onContinue: () => {
          away = false;
          redraw();
        },
      },
    );
  return {
    size,
    sink: {
      rows: () => size().rows,
      write: (text) => stdout.write(text),
      isFull: () => away || stdout.writableNeedDrain,
    },
    write: (text) => {
      stdout.write(text);
    },
    setMouse: (mode) => {
      if (mode === mouse) return;
      mouse = mode;
      if (!away) stdout.write(mouseMode(mode));
    },
    open: ({ listen, onDrain, onGone, ...listeners }) => {
      ({ onTorn } = listeners);
      let raw = enter();
      stdout.write(enterScreen);
      stopListening = listen();
      held = {
        give: () => {
          stopListening();
          raw.restore();
        },
        take: () => {
          raw = enter();
          stopListening = listen();
        },
      };
      // Not the stream's `resize`: a window that shrank and grew again at once has torn rows and the size that it had.
      process.on('SIGWINCH', onTorn);
      stdout.on('drain', onDrain).on('error', onGone);
      closeAll = () => {
        stopListening();
        process.off('SIGWINCH', onTorn);
        stdout.off('drain', onDrain);
        raw.restore();
      };
    },
    redraw,
    lend: async (run) => {
      if (away || held === undefined) return;
      away = true;
      held.give();
      try {
        await run();
      } finally {
        if (held !== undefined) {
          held.take();
          away = false;
          redraw();
        }
      }
    },
    isOurs: () => !away && held !== undefined,
    suspend: () => {
      away = true;
      process.kill(process.pid, 'SIGTSTP');
    },
    stopListening: () => {
      held = undefined;
      stopListening();
    },
    close: () => {
      held = undefined;
      closeAll();
    },
  };
}
