/** Carries out deeds, each beside the others; tells how far they are, what came of them, and which failed. */
import type { Machines } from '../../machines/machines.ts';
import { newCommandId } from '../../machines/trash/removed-by.ts';
import { progressWords } from '../../presentation/lines/progress.ts';
import { failureLines } from '../../presentation/output/failure.ts';
import { carryOut } from '../deeds/carry-out.ts';
import { type Deed, deedMachine, deedWords } from '../deeds/deed.ts';
import { refusalLine } from '../deeds/refusal-line.ts';
import { commandOfAll, type Outcome, summary } from '../deeds/summary.ts';
import type { Store } from './store.ts';

export interface Jobs {
  readonly run: (deeds: readonly Deed[]) => void;
  /** Breaks off what is under way; each undoes what it did. False: nothing was. */
  readonly breakOff: () => boolean;
  /** Resolves when nothing is under way any more. */
  readonly settled: () => Promise<void>;
}

export interface JobEvents {
  /** Resolves when what was done is in the list of machines. */
  readonly onDone: () => Promise<void>;
  readonly openConsole: (name: string) => void;
}

export function createJobs(machines: Machines, store: Store, events: JobEvents): Jobs {
  const running = new Map<number, { readonly ending: AbortController; readonly end: Promise<Outcome> }>();
  let last = 0;

  const begin = (deed: Deed, command: string | undefined): Promise<Outcome> => {
    last += 1;
    const id = last;
    const ending = new AbortController();
    store.update((state) => ({
      ...state,
      jobs: [...state.jobs, { id, deed, progress: attemptOf(deed) }],
    }));
    const job = { id, deed, command, signal: ending.signal };
    const end = runOne(job, machines, store, events).finally(() => running.delete(id));
    running.set(id, { ending, end });
    return end;
  };

  return {
    run: (deeds) => {
      const command = commandOfAll(deeds);
      const commandId = deeds.length > 1 ? newCommandId() : undefined;
      store.update((state) => ({ ...state, lastCommand: command, notice: undefined }));
      const ends = deeds.map((deed) => begin(deed, commandId));
      if (ends.length > 1) void Promise.all(ends).then((outcomes) => tellAll(outcomes, command, store));
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

interface Job {
  readonly id: number;
  readonly deed: Deed;
  /** Of several, which the line at the bottom then tells of as one; undefined: it is alone. */
  readonly command: string | undefined;
  readonly signal: AbortSignal;
}

/** Resolves when what came of it is told, and seen in the list of machines. */
async function runOne(job: Job, machines: Machines, store: Store, events: JobEvents): Promise<Outcome> {
  const { id, deed, command, signal } = job;
  let shown = Promise.resolve();
  const say = (progress: string): void =>
    store.tell({ type: 'job', id, progress: `${attemptOf(deed)}: ${progress}` });
  try {
    const text = await carryOut(machines, deed, {
      say,
      signal,
      command,
      progress: (progress) => say(progressWords(progress, undefined)),
      onMachine: (name, state) => {
        shown = shown.then(() => showMade(name, state, store, events));
      },
    });
    store.tell({ type: 'job-ended', id, notice: { kind: 'done', text, command: commandOfAll([deed]) } });
    return { deed, end: 'done' };
  } catch (error) {
    tellFailure(job, error, store);
    return { deed, end: signal.aborted ? 'broken-off' : 'failed' };
  } finally {
    await Promise.all([events.onDone(), shown]);
  }
}

function tellFailure({ id, deed, command, signal }: Job, error: unknown, store: Store): void {
  const about = attemptOf(deed);
  const room = store.state().size.columns - 1;
  const line = command === undefined && !signal.aborted ? refusalLine(error, deed, about, room) : undefined;
  if (line !== undefined) {
    store.tell({ type: 'job-ended', id, notice: { kind: 'hint', text: line, command: undefined } });
    return;
  }
  const text = `${about}: ${signal.aborted ? 'broken off, and undone' : 'failed'}`;
  const kind = signal.aborted ? 'hint' : 'failed';
  store.tell({ type: 'job-ended', id, notice: { kind, text, command: commandOfAll([deed]) } });
  if (signal.aborted) return;
  store.tell({ type: 'problems', problems: [{ words: deedWords(deed), lines: failureLines(error, about) }] });
}

function attemptOf(deed: Deed): string {
  return `${deed.verb} ${deedMachine(deed) ?? ''}`.trim();
}

function tellAll(outcomes: readonly Outcome[], command: string, store: Store): void {
  const kind = outcomes.every(({ end }) => end === 'done') ? 'done' : 'failed';
  store.tell({ type: 'notice', notice: { kind, text: summary(outcomes), command } });
}

/** Who asked for a machine wants to see it, and how it boots; but not who has gone on to something else meanwhile. */
async function showMade(
  name: string,
  made: 'created' | 'started',
  store: Store,
  events: JobEvents,
): Promise<void> {
  if (made === 'created') await events.onDone();
  const { dialogs, focus, selected } = store.state();
  if (dialogs.length > 0 || focus === 'console') return;
  if (made === 'created') {
    store.update((state) => (state.order.includes(name) ? { ...state, selected: name, cursors: {} } : state));
  } else if (selected === name) {
    events.openConsole(name);
  }
}
