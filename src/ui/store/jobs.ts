/** Carries out deeds, each beside the others; tells how far they are, what came of them, and which failed. */
import type { Machines } from '../../machines/machines.ts';
import { failureLines } from '../../presentation/failure.ts';
import { progressWords } from '../../presentation/progress.ts';
import { carryOut } from '../deeds/carry-out.ts';
import { type Deed, deedMachine, deedWords } from '../deeds/deed.ts';
import type { Store } from './store.ts';

export interface Jobs {
  readonly run: (deeds: readonly Deed[]) => void;
  /** Breaks off what is under way; each undoes what it did. False: nothing was. */
  readonly breakOff: () => boolean;
  /** Resolves when nothing is under way any more. */
  readonly settled: () => Promise<void>;
}

export function createJobs(machines: Machines, store: Store, onDone: () => void): Jobs {
  const running = new Map<number, { readonly ending: AbortController; readonly end: Promise<void> }>();
  let last = 0;

  const runOne = async (id: number, deed: Deed, signal: AbortSignal): Promise<void> => {
    const words = deedWords(deed);
    const about = `${deed.verb} ${deedMachine(deed) ?? ''}`.trim();
    const say = (progress: string): void =>
      store.tell({ type: 'job', id, progress: `${about}: ${progress}` });
    try {
      const text = await carryOut(machines, deed, {
        say,
        signal,
        progress: (progress) => say(progressWords(progress, undefined)),
      });
      store.tell({ type: 'job-ended', id, notice: { kind: 'done', text, words } });
    } catch (error) {
      const brokenOff = signal.aborted;
      const text = `${about}: ${brokenOff ? 'broken off, and undone' : 'failed'}`;
      store.tell({ type: 'job-ended', id, notice: { kind: brokenOff ? 'hint' : 'failed', text, words } });
      if (!brokenOff)
        store.tell({ type: 'problems', problems: [{ words, lines: failureLines(error, about) }] });
    } finally {
      running.delete(id);
      onDone();
    }
  };

  return {
    run: (deeds) => {
      for (const deed of deeds) {
        last += 1;
        const id = last;
        const ending = new AbortController();
        store.update((state) => ({
          ...state,
          jobs: [...state.jobs, { id, deed, progress: `${deed.verb} ${deedMachine(deed) ?? ''}`.trim() }],
          lastWords: deedWords(deed),
          notice: undefined,
        }));
        running.set(id, { ending, end: runOne(id, deed, ending.signal) });
      }
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
