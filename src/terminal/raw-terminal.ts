/**
 * The person's terminal while a console is shown on it: raw, and given back as it was on every way out. libuv keeps the
 * modes that were set before and restores them also at a crash; what programs of the machine switched on (alternate
 * screen, mouse, hidden cursor) is undone here.
 */
import { writeSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import type { TerminalModes } from './terminal-modes.ts';

export interface RawTerminal {
  /** Idempotent. */
  readonly restore: () => void;
}

export interface Suspension {
  /** What the terminal still has to say before it is given back; the program stops when it resolves. */
  readonly beforeStop: () => Promise<void>;
  /** The window may have changed meanwhile. */
  readonly onContinue: () => void;
}

export function enterRawMode(
  input: ReadStream,
  modes: TerminalModes,
  { beforeStop, onContinue }: Suspension,
): RawTerminal {
  let raw = false;
  const enter = (): void => {
    raw = true;
    input.setRawMode(true);
  };
  const leave = (): void => {
    if (!raw) return;
    raw = false;
    writeQuietly(modes.undo());
    // Fails when the terminal is gone (hang-up); then there is nothing to restore.
    quietly(() => input.setRawMode(false));
  };
  const suspend = (): void => {
    void beforeStop().then(() => {
      leave();
      // SIGSTOP, as our own handler has taken the place of SIGTSTP's effect.
      process.kill(process.pid, 'SIGSTOP');
    });
  };
  const resume = (): void => {
    enter();
    onContinue();
  };
  enter();
  process.on('SIGTSTP', suspend).on('SIGCONT', resume).on('exit', leave);
  return {
    restore: () => {
      process.off('SIGTSTP', suspend).off('SIGCONT', resume).off('exit', leave);
      leave();
    },
  };
}

/** Synchronously, since it must also work in an exit handler. */
function writeQuietly(text: string): void {
  quietly(() => writeSync(1, text));
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The terminal is gone.
  }
}
