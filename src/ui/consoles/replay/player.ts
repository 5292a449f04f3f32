/**
 * Plays a recording. What it asks of a terminal is never answered, and nothing of it goes anywhere but into cells. Back in time is the
 * beginning once more, up to there: the file is read again, and nothing is kept of it.
 */
import type { CastFile } from '../../../terminal/asciicast-file.ts';
import type { ReplayPlace } from '../../state/console-view.ts';
import type { ReplayDeed } from '../../state/replay-view.ts';
import type { EmulatorSize } from '../emulator.ts';
import { type Run, startRun } from './run.ts';
import { createTimeline, nextSpeed, type Timeline } from './timeline.ts';

export interface Player {
  readonly place: () => ReplayPlace;
  readonly act: (deed: Exclude<ReplayDeed, { type: 'close' }>) => void;
  /** Rows with colours, as wide and as many as there is room for. @param at where they begin on the outer terminal, from 0 */
  readonly lines: (at: number, room: EmulatorSize) => readonly string[];
  readonly close: () => void;
}

/** A gap that is worth being told, seconds. */
const LONG_SILENCE = 5;

/** @param onChange cells, or the place in time, may be others */
export function createPlayer(cast: CastFile, onChange: () => void): Player {
  const timeline = createTimeline();
  // Until it has come to where it should be, what was shown before stays.
  let shown: Run | undefined;
  let run = begin();

  function begin(): Run {
    const next: Run = startRun(cast, timeline, () => {
      if (shown !== undefined && shown !== next) shown.emulator.close();
      shown = next;
      onChange();
    });
    return next;
  }
  const goTo = (to: number): void => {
    const isBack = to < timeline.at();
    if (run.isOver() && !isBack) return;
    timeline.goTo(Math.max(0, to));
    if (isBack) {
      run.stop();
      if (shown !== run) run.emulator.close();
      run = begin();
    } else run.wake();
    onChange();
  };
  const deeds: Readonly<Record<Exclude<ReplayDeed, { type: 'seek' | 'close' }>['type'], () => void>> = {
    toggle: () => {
      if (!timeline.isHeld()) timeline.hold();
      else {
        // At its end there is nothing more to play.
        if (run.isOver()) goTo(Number.NEGATIVE_INFINITY);
        timeline.play();
      }
    },
    step: () => {
      timeline.hold();
      timeline.goTo(run.upcoming() ?? timeline.at());
    },
    start: () => goTo(Number.NEGATIVE_INFINITY),
    end: () => goTo(Number.POSITIVE_INFINITY),
    slower: () => timeline.setSpeed(nextSpeed(timeline.speed(), -1)),
    faster: () => timeline.setSpeed(nextSpeed(timeline.speed(), 1)),
  };

  return {
    place: () => placeIn(cast, run, timeline),
    act: (deed) => {
      if (deed.type === 'seek') goTo(timeline.at() + deed.by);
      else deeds[deed.type]();
      run.wake();
      onChange();
    },
    lines: (at, room) => shown?.emulator.shownIn(at, room) ?? [],
    close: () => {
      run.stop();
      void cast.close().catch(() => undefined);
    },
  };
}

function placeIn(cast: CastFile, run: Run, timeline: Timeline): ReplayPlace {
  const at = Number.isFinite(timeline.at()) ? timeline.at() : (cast.duration ?? 0);
  const silence = (run.upcoming() ?? at) - at;
  return {
    path: cast.path,
    phase: phaseOf(run, timeline),
    at: Math.floor(at),
    duration: Math.floor(cast.duration ?? 0),
    silence: silence < LONG_SILENCE ? 0 : Math.floor(silence),
    speed: timeline.speed(),
    unreadable: run.unreadable(),
    failure: run.failure(),
  };
}

function phaseOf(run: Run, timeline: Timeline): ReplayPlace['phase'] {
  if (run.isOver()) return 'ended';
  if ((run.upcoming() ?? 0) <= timeline.at()) return 'seeking';
  return timeline.isHeld() ? 'held' : 'playing';
}
