/** Where a replay is in time: it goes on, faster or slower, is held, or is set to another moment. Seconds. */
export interface Timeline {
  /** Of now. */
  readonly at: () => number;
  readonly isHeld: () => boolean;
  readonly speed: () => number;
  readonly play: () => void;
  readonly hold: () => void;
  readonly goTo: (at: number) => void;
  readonly setSpeed: (speed: number) => void;
}

export const speeds: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16, 32];

export function nextSpeed(speed: number, step: 1 | -1): number {
  return speeds[speeds.indexOf(speed) + step] ?? speed;
}

export function createTimeline(): Timeline {
  let base = 0;
  let since = performance.now();
  let held = false;
  let speed = 1;
  const at = (): number => (held ? base : base + ((performance.now() - since) / 1000) * speed);
  const goTo = (moment: number): void => {
    base = moment;
    since = performance.now();
  };
  return {
    at,
    isHeld: () => held,
    speed: () => speed,
    play: () => {
      goTo(at());
      held = false;
    },
    hold: () => {
      goTo(at());
      held = true;
    },
    goTo,
    setSpeed: (next) => {
      goTo(at());
      speed = next;
    },
  };
}
