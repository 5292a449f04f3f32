/** `top` on a terminal: samples, keys and window sizes become screens, until somebody leaves. */
import { emitKeypressEvents } from 'node:readline';
import type { UsageSampler } from '../../backends/usage.ts';
import { enterRawMode } from '../../terminal/raw-terminal.ts';
import type { Key } from './keys.ts';
import { createScreen, type FullScreenChoice, type Screen } from './screen.ts';

/**
 * Alternate screen, no cursor, no wrapping: what is too wide is cut by the terminal, and never moves what is below. And whether the
 * terminal is looked at, which not all terminals tell.
 */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1004h';
const LEAVE = '\x1b[?1004l\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

/** Escape alone is told from the beginning of a sequence by what does not follow, milliseconds. */
const ESCAPE_WAIT_MS = 50;

/** Resolves when it was left, or nobody can see it any more. */
export async function showFullScreen(
  sampler: UsageSampler,
  choice: FullScreenChoice,
  signal: AbortSignal,
): Promise<void> {
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const screen = createScreen(process.stdout, sampler, choice, finish);
  const giveBack = takeTerminal(screen, finish);
  signal.addEventListener('abort', finish);
  try {
    screen.takeSample();
    await ended;
  } finally {
    screen.stop();
    giveBack();
  }
}

/** Keys and sizes go to the screen from now on. Returns how the terminal is given back as it was. */
function takeTerminal(screen: Screen, finish: () => void): () => void {
  const { stdin, stdout } = process;
  const redraw = (): void => {
    stdout.write(ENTER);
    screen.resize();
  };
  const onKey = (_: string | undefined, key: Key): void => {
    const wish = screen.press(key);
    if (wish === 'quit') finish();
    else if (wish === 'suspend') process.kill(process.pid, 'SIGTSTP');
    else if (wish === 'redraw') redraw();
  };
  const terminal = enterRawMode(
    stdin,
    { watch: () => undefined, undo: () => LEAVE },
    { beforeStop: async () => undefined, onContinue: redraw },
  );
  // A type of readline's, of which only this is read.
  emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_WAIT_MS } as never);
  stdin.on('keypress', onKey).on('end', finish).on('error', finish);
  stdout.on('resize', screen.resize).on('drain', screen.draw).on('error', finish);
  stdout.write(ENTER);
  stdin.resume();
  return () => {
    stdin.off('keypress', onKey).off('end', finish);
    stdin.pause();
    stdout.off('resize', screen.resize).off('drain', screen.draw);
    terminal.restore();
  };
}
