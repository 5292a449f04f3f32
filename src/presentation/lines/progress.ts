/** The line that long work on files draws: how much of it is done, how fast, and how long it takes still. */
import type { StorageProgress } from '../../backends/storage.ts';
import { formatBytes, formatDuration } from '../units.ts';

/** What is done sooner draws nothing. */
const patienceMs = 1000;
const drawEveryMs = 100;
/** Long enough for a steady figure, short enough to tell of a disk that became slow. */
const rateWindowMs = 5000;

export interface ProgressLine {
  readonly show: (progress: StorageProgress) => void;
  /** Clears the line. */
  readonly end: () => void;
}

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** `redraw` undefined: nobody looks. Drawn by the clock, so that the rate falls also while nothing is heard. */
export function createProgressLine(redraw: ((line: string) => void) | undefined): ProgressLine {
  if (redraw === undefined) return { show: () => undefined, end: () => undefined };
  const began = performance.now();
  let latest: StorageProgress | undefined;
  let samples: readonly Sample[] = [];
  let drawn = '';
  const tick = (): void => {
    if (latest === undefined) return;
    const now = performance.now();
    samples = addSample(samples, { at: now, done: latest.done });
    const line = progressWords(latest, rateOf(samples));
    if (now - began < patienceMs || line === drawn) return;
    redraw(line);
    drawn = line;
  };
  const timer = setInterval(tick, drawEveryMs);
  return {
    show: (progress) => {
      latest = progress;
    },
    end: () => {
      clearInterval(timer);
      if (drawn !== '') redraw('');
      drawn = '';
    },
  };
}

/** For works that go on at once: the line tells of all of them together. */
export function shareProgress(show: ProgressLine['show']): () => ProgressLine['show'] {
  const latest = new Map<object, StorageProgress>();
  return () => {
    const key = {};
    return (progress) => {
      latest.set(key, progress);
      show(sumOf(progress, [...latest.values()]));
    };
  };
}

/** Of those that are of its kind. */
function sumOf(one: StorageProgress, all: readonly StorageProgress[]): StorageProgress {
  const alike = all.filter(({ unit, deed }) => unit === one.unit && deed === one.deed);
  const add = (sum: number | undefined, more: number | undefined) =>
    sum === undefined || more === undefined ? undefined : sum + more;
  return {
    ...one,
    done: alike.reduce((sum, { done }) => sum + done, 0),
    total: alike.reduce<number | undefined>((sum, { total }) => add(sum, total), 0),
  };
}

/** `perSecond` undefined: not known yet. */
export function progressWords(
  { done, total, unit, deed = 'copying', part }: StorageProgress,
  perSecond: number | undefined,
): string {
  if (deed === 'syncing') return 'syncing to the disk';
  const format = unit === 'bytes' ? formatBytes : (count: number) => String(Math.round(count));
  const noun = unit === 'bytes' ? '' : ' files';
  const which = part === undefined || part.of < 2 ? '' : ` ${part.noun} ${part.number} of ${part.of}:`;
  const parts = [
    `${deed}${which} ${format(done)}${total === undefined ? '' : ` of ${format(total)}`}${noun}`,
  ];
  if (perSecond !== undefined) parts.push(`${format(perSecond)}${noun}/s`);
  if (total !== undefined && perSecond !== undefined && perSecond > 0) {
    parts.push(`${secondsWords(Math.max(0, total - done) / perSecond)} left`);
  }
  return parts.join(', ');
}

function secondsWords(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : formatDuration(whole);
}

/** A count that falls belongs to another piece of work. */
function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  if (sample.done < (samples.at(-1)?.done ?? 0)) return [sample];
  return [...samples.filter(({ at }) => sample.at - at <= rateWindowMs), sample];
}

function rateOf(samples: readonly Sample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  return (last.done - first.done) / ((last.at - first.at) / 1000);
}
