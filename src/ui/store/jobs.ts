/** Carries out deeds, each beside the others; tells how far they are, what came of them, and which failed. */
import type { Machines } from '../../machines/machines.ts';
import { failureLines } from '../../presentation/failure.ts';
import { progressWords } from '../../presentation/progress.ts';
import { carryOut } from '../deeds/carry-out.ts';
import { type Deed, deedMachine, deedWords } from '../deeds/deed.ts';
import { type Outcome, summary, wordsOfAll } from '../deeds/summary.ts';
import type { Store } from './store.ts';

export interface Jobs {
  readonly run: (deeds: readonly Deed[]) => void;
  /** Breaks off what is under way; each undoes what it did. False: nothing was. */
  readonly breakOff: () => boolean;
  /** Resolves when nothing is under way any more. */
  readonly settled: () => Promise<void>;
}

export interface JobEvents {
  readonly onDone: () => void;
  readonly openConsole: (name: string) => void;
}

export function createJobs(machines: Machines, store: Store, events: JobEvents): Jobs {
  const running = new Map<number, { readonly ending: AbortController; readonly end: Promise<Outcome> }>();
  let last = 0;

  const runOne = async (id: number, deed: Deed, signal: AbortSignal): Promise<Outcome> => {
    const words = deedWords(deed);
    const about = attemptOf(deed);
    const say = (progress: string): void =>
      store.tell({ type: 'job', id, progress: `${about}: ${progress}` });
    try {
      const text = await carryOut(machines, deed, {
        say,
        signal,
        progress: (progress) => say(progressWords(progress, undefined)),
        onMachine: (name, state) => showMade(name, state, store, events),
      });
      store.tell({ type: 'job-ended', id, notice: { kind: 'done', text, words } });
      return { deed, end: 'done' };
    } catch (error) {
      const brokenOff = signal.aborted;
      const text = `${about}: ${brokenOff ? 'broken off, and undone' : 'failed'}`;
      store.tell({ type: 'job-ended', id, notice: { kind: brokenOff ? 'hint' : 'failed', text, words } });
      if (!brokenOff)
        store.tell({ type: 'problems', problems: [{ words, lines: failureLines(error, about) }] });
      return { deed, end: brokenOff ? 'broken-off' : 'failed' };
    } finally {
      running.delete(id);
      events.onDone();
    }
  };

  const begin = (deed: Deed): Promise<Outcome> => {
    last += 1;
    const id = last;
    const ending = new AbortController();
    store.update((state) => ({
      ...state,
      jobs: [...state.jobs, { id, deed, progress: attemptOf(deed) }],
    }));
    const end = runOne(id, deed, ending.signal);
    running.set(id, { ending, end });
    return end;
  };

  return {
    run: (deeds) => {
      const words = wordsOfAll(deeds);
      store.update((state) => ({ ...state, lastWords: words, notice: undefined }));
      const ends = deeds.map(begin);
      if (ends.length > 1) void Promise.all(ends).then((outcomes) => tellAll(outcomes, words, store));
    },
    breakOff: () => {
      for (const { ending } of running.values()) ending.abort(new Error('broken off'));
      return running.size > 0;
    },
    settled: async () => {
      await Promise.all([...running.values()].map(({ end }) => end));
    },
  };
}

function attemptOf(deed: Deed): string {
  return `${deed.verb} ${deedMachine(deed) ?? ''}`.trim();
}

function tellAll(outcomes: readonly Outcome[], words: readonly string[], store: Store): void {
  const kind = outcomes.every(({ end }) => end === 'done') ? 'done' : 'failed';
  store.tell({ type: 'notice', notice: { kind, text: summary(outcomes), words } });
}

/** Who asked for a machine wants to see it, and how it boots; but not who has gone on to something else meanwhile. */
function showMade(name: string, made: 'created' | 'started', store: Store, events: JobEvents): void {
  const { dialogs, focus, selected } = store.state();
  if (dialogs.length > 0 || focus === 'console') return;
  if (made === 'created') {
    events.onDone();
    store.update((state) => (state.order.includes(name) ? { ...state, selected: name, cursors: {} } : state));
  } else if (selected === name) {
    events.openConsole(name);
  }
}
