/** `top` on a terminal: samples, keys and window sizes become screens, until somebody leaves. */
import { emitKeypressEvents } from 'node:readline';
import type { ProcessUsage, SampleScope, UsageSampler } from '../../backends/usage.ts';
import type { Theme } from '../../presentation/top-screen/row-text.ts';
import type { UsageSort } from '../../presentation/usage/usage-columns.ts';
import { createChangedRows } from '../../terminal/changed-rows.ts';
import { enterRawMode } from '../../terminal/raw-terminal.ts';
import { frame } from './frame.ts';
import { type Key, press } from './keys.ts';
import { change, initialState, paceOf, settle, type TopState } from './state.ts';

export interface FullScreenChoice {
  readonly scope: SampleScope;
  readonly sort: UsageSort | undefined;
  readonly interval: number;
  readonly iterations: number;
  readonly theme: Theme;
}

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
  const { stdin, stdout } = process;
  const rows = createChangedRows();
  let state = initialState(choice.scope, choice.sort, choice.interval, sizeOf(stdout));
  let left = choice.iterations;
  let sampledAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const draw = (): void => {
    // A terminal that takes nothing now gets what is true when it does.
    if (stdout.writableNeedDrain) return;
    const text = rows.draw(frame(state, choice.theme));
    if (text !== '') stdout.write(text);
  };
  const takeSample = (): void => {
    const sample = sampler.sample();
    sampledAt = performance.now();
    state = change(state, {
      type: 'sample',
      sample,
      processes: processesOf(sampler, state),
      at: sampledAt,
    });
    draw();
    left -= 1;
    if (left < 0) finish();
    else schedule();
  };
  const schedule = (): void => {
    clearTimeout(timer);
    // Counted from the last sample: who looks here again is shown at once what is older than it should be.
    const wait = sampledAt + paceOf(state) * 1000 - performance.now();
    if (!state.paused) timer = setTimeout(takeSample, Math.max(0, wait));
  };
  const redraw = (): void => {
    stdout.write(ENTER);
    rows.forget();
    resize();
  };
  const resize = (): void => {
    rows.forget();
    state = change(state, { type: 'resize', ...sizeOf(stdout) });
    draw();
  };
  const onKey = (_: string | undefined, key: Key): void => {
    const { state: next, wish } = press(state, key, performance.now());
    const paceChanged = paceOf(next) !== paceOf(state) || next.paused !== state.paused;
    state = next;
    if (wish === 'sample') state = settle({ ...state, processes: processesOf(sampler, state) });
    if (wish === 'quit') finish();
    else if (wish === 'suspend') process.kill(process.pid, 'SIGTSTP');
    else if (wish === 'redraw') redraw();
    else draw();
    if (paceChanged) schedule();
  };

  const terminal = enterRawMode(
    stdin,
    { watch: () => undefined, undo: () => LEAVE },
    { beforeStop: async () => undefined, onContinue: redraw },
  );
  // A type of readline's, of which only this is read.
  emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_WAIT_MS } as never);
  stdin.on('keypress', onKey).on('end', finish).on('error', finish);
  stdout.on('resize', resize).on('drain', draw).on('error', finish);
  signal.addEventListener('abort', finish);
  try {
    stdout.write(ENTER);
    stdin.resume();
    takeSample();
    await ended;
  } finally {
    clearTimeout(timer);
    stdin.off('keypress', onKey).off('end', finish);
    stdin.pause();
    stdout.off('resize', resize).off('drain', draw);
    terminal.restore();
  }
}

function processesOf(
  sampler: UsageSampler,
  { expanded }: TopState,
): ReadonlyMap<string, readonly ProcessUsage[]> {
  return new Map([...expanded].map((id) => [id, sampler.processes(id)]));
}

/** Some terminals say that they have no size at all. */
function sizeOf({ columns, rows }: NodeJS.WriteStream): TopState['size'] {
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
}
