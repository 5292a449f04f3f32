/** One reading of a recording, from its beginning into an emulator of its own: all that is due at once, then each event in its time. */
import type { CastEvent, CastFile } from '../../../terminal/asciicast-file.ts';
import { createEmulator, type Emulator } from '../emulator.ts';
import type { Timeline } from './timeline.ts';

export interface Run {
  readonly emulator: Emulator;
  /** When the next event is due, seconds; undefined: it has not come to where the timeline is, or to its end. */
  readonly upcoming: () => number | undefined;
  /** How many lines were none of a recording. */
  readonly unreadable: () => number;
  readonly isOver: () => boolean;
  /** Why it could not be read to its end. */
  readonly failure: () => string | undefined;
  /** The timeline is not as it was. */
  readonly wake: () => void;
  readonly stop: () => void;
}

/** While nothing comes the time that passes is told so often, milliseconds. */
const TICK_MS = 500;

/** @param onTime it shows what it should show at this time, or time has passed in which nothing came */
export function startRun(cast: CastFile, timeline: Timeline, onTime: () => void): Run {
  const emulator = createEmulator(cast.size);
  const batch = createBatch(emulator);
  let stopped = false;
  let over = false;
  let upcoming: number | undefined;
  let unreadable = 0;
  let failure: string | undefined;
  const pause = createPause();

  const rest = async (due: number): Promise<void> => {
    while (!stopped && due > timeline.at()) {
      upcoming = due;
      onTime();
      const left = ((due - timeline.at()) / timeline.speed()) * 1000;
      await pause.until(timeline.isHeld() ? undefined : Math.min(TICK_MS, left));
    }
    upcoming = undefined;
  };
  const read = async (): Promise<void> => {
    let last = 0;
    for await (const event of cast.events()) {
      if (event.time > timeline.at()) {
        await batch.flush();
        await rest(event.time);
      }
      if (stopped) return;
      last = event.time;
      if (event.type === 'unreadable') unreadable += 1;
      else await batch.take(event);
    }
    await batch.flush();
    if (!stopped) timeline.goTo(last);
  };
  void read()
    .catch((error: unknown) => {
      failure = error instanceof Error ? error.message : String(error);
    })
    .then(() => {
      over = true;
      if (stopped) return;
      timeline.hold();
      onTime();
    });

  return {
    emulator,
    upcoming: () => upcoming,
    unreadable: () => unreadable,
    isOver: () => over,
    failure: () => failure,
    wake: pause.end,
    stop: () => {
      stopped = true;
      pause.end();
    },
  };
}

interface Pause {
  /** Undefined: until it is ended. */
  readonly until: (milliseconds: number | undefined) => Promise<void>;
  readonly end: () => void;
}

function createPause(): Pause {
  let end: () => void = () => undefined;
  return {
    until: (milliseconds) =>
      new Promise((resolve) => {
        const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: () => end(),
  };
}

/** Characters that are shown at once where much is due: each writing into an emulator waits for a turn of the loop. */
const MOST_AT_ONCE = 1 << 16;

interface Batch {
  readonly take: (event: Exclude<CastEvent, { type: 'unreadable' }>) => Promise<void>;
  readonly flush: () => Promise<void>;
}

function createBatch(emulator: Emulator): Batch {
  let text = '';
  const flush = async (): Promise<void> => {
    if (text === '') return;
    const bytes = Buffer.from(text);
    text = '';
    await new Promise<void>((resolve) => emulator.write(bytes, resolve));
  };
  return {
    flush,
    take: async (event) => {
      if (event.type === 'output') {
        text += event.text;
        if (text.length >= MOST_AT_ONCE) await flush();
        return;
      }
      await flush();
      emulator.resize(event);
    },
  };
}
