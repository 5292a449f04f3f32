/** The screen of `top`: its state, drawn when something changed it. */
import type { WriteStream } from 'node:tty';
import type { ProcessUsage, SampleScope, UsageSampler } from '../../backends/usage.ts';
import type { Theme } from '../../presentation/top-screen/row-text.ts';
import type { UsageSort } from '../../presentation/usage/usage-columns.ts';
import { createChangedRows } from '../../terminal/changed-rows.ts';
import { frame } from './frame.ts';
import { type Key, press, type Wish } from './keys.ts';
import { createSchedule } from './schedule.ts';
import { change, initialState, paceOf, settle, type TopState } from './state.ts';

export interface FullScreenChoice {
  readonly scope: SampleScope;
  readonly sort: UsageSort | undefined;
  readonly interval: number;
  readonly iterations: number;
  readonly theme: Theme;
}

export interface Screen {
  readonly draw: () => void;
  /** The window has another size, or somebody else has drawn on it. */
  readonly resize: () => void;
  /** And again when it is due. */
  readonly takeSample: () => void;
  /** What the key wishes that the screen cannot do itself. */
  readonly press: (key: Key) => Wish | undefined;
  /** No sample is taken any more. */
  readonly stop: () => void;
}

/** @param finish is called when as many samples were taken as were asked for */
export function createScreen(
  stdout: WriteStream,
  sampler: UsageSampler,
  choice: FullScreenChoice,
  finish: () => void,
): Screen {
  const rows = createChangedRows();
  let state = initialState(choice.scope, choice.sort, choice.interval, sizeOf(stdout));
  let left = choice.iterations;

  const draw = (): void => {
    // A terminal that takes nothing now gets what is true when it does.
    if (stdout.writableNeedDrain) return;
    const text = rows.draw(frame(state, choice.theme));
    if (text !== '') stdout.write(text);
  };
  const takeSample = (): void => {
    const sample = sampler.sample();
    const at = schedule.taken();
    state = change(state, { type: 'sample', sample, processes: processesOf(sampler, state), at });
    draw();
    left -= 1;
    if (left < 0) finish();
    else schedule.plan(state);
  };
  const schedule = createSchedule(takeSample);
  return {
    draw,
    resize: () => {
      rows.forget();
      state = change(state, { type: 'resize', ...sizeOf(stdout) });
      draw();
    },
    takeSample,
    press: (key) => {
      const before = state;
      const { state: next, wish } = press(state, key, performance.now());
      state = wish === 'sample' ? settle({ ...next, processes: processesOf(sampler, next) }) : next;
      if (wish === 'sample' || wish === undefined) draw();
      if (paceOf(next) !== paceOf(before) || next.paused !== before.paused) schedule.plan(state);
      return wish;
    },
    stop: schedule.stop,
  };
}

function processesOf(
  sampler: UsageSampler,
  { expanded }: TopState,
): ReadonlyMap<string, readonly ProcessUsage[]> {
  return new Map([...expanded].map((id) => [id, sampler.processes(id)]));
}

/** Some terminals say that they have no size at all. */
function sizeOf({ columns, rows }: WriteStream): TopState['size'] {
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
}
