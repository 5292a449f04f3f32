/** The terminal while it is the dashboard's: raw, on its alternate screen, listened to; and not while it is stopped, or lent to a program. */
import { enterRawMode, type RawTerminal } from '../../terminal/raw-terminal.ts';
import { enterScreen, leaveScreen } from './screen-modes.ts';
import { createSurface, type Surface } from './surface.ts';

export interface OwnTerminal extends Pick<Surface, 'size' | 'sink' | 'write' | 'setMouse'> {
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
  const surface = createSurface(stdout);
  let held: Held | undefined;
  let listens = false;
  let onTorn: () => void = () => undefined;
  const redraw = (): void => {
    surface.setModes();
    onTorn();
  };
  const enter = (): RawTerminal => enterScreenOf(stdin, surface, redraw);
  const lend = async (run: () => Promise<void>): Promise<void> => {
    if (surface.isAway() || held === undefined || !listens) return;
    surface.setAway(true);
    held.give();
    try {
      await run();
    } finally {
      if (listens) {
        held.take();
        surface.setAway(false);
        redraw();
      }
    }
  };
  const { size, sink, write, setMouse } = surface;
  return {
    size,
    sink,
    write,
    setMouse,
    open: (listeners) => {
      ({ onTorn } = listeners);
      held = hold(stdout, enter, listeners);
      listens = true;
    },
    redraw,
    lend,
    isOurs: () => !surface.isAway() && listens,
    suspend: () => {
      surface.setAway(true);
      process.kill(process.pid, 'SIGTSTP');
    },
    stopListening: () => {
      listens = false;
      held?.stopListening();
    },
    close: () => {
      listens = false;
      held?.close();
    },
  };
}

/** Raw from now on, also after each time that we were stopped. */
function enterScreenOf(stdin: NodeJS.ReadStream, surface: Surface, redraw: () => void): RawTerminal {
  return enterRawMode(
    stdin,
    { watch: () => undefined, undo: () => leaveScreen },
    {
      beforeStop: async () => surface.setAway(true),
      onContinue: () => {
        surface.setAway(false);
        redraw();
      },
    },
  );
}

interface Held {
  readonly give: () => void;
  readonly take: () => void;
  readonly stopListening: () => void;
  readonly close: () => void;
}

/** Takes the terminal, and listens to it. */
function hold(
  stdout: NodeJS.WriteStream,
  enter: () => RawTerminal,
  { listen, onTorn, onDrain, onGone }: TerminalListeners,
): Held {
  let raw = enter();
  stdout.write(enterScreen);
  let stopListening = listen();
  // Not the stream's `resize`: a window that shrank and grew again at once has torn rows and the size that it had.
  process.on('SIGWINCH', onTorn);
  stdout.on('drain', onDrain).on('error', onGone);
  return {
    give: () => {
      stopListening();
      raw.restore();
    },
    take: () => {
      raw = enter();
      stopListening = listen();
    },
    stopListening: () => stopListening(),
    close: () => {
      stopListening();
      process.off('SIGWINCH', onTorn);
      stdout.off('drain', onDrain);
      raw.restore();
    },
  };
}
