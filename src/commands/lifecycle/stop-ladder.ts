/** What `stop` and `restart` show of the ladder: the count-down on a terminal, and who refused. */
import type { Remaining } from '../../backends/remaining.ts';
import { processWords } from '../../machines/lifecycle/refusing.ts';
import type { Machines } from '../../machines/machines.ts';
import type { StopOptions, StopOutcome, StopProgress } from '../../machines/stopping.ts';
import { countDownLine, type Waiting } from '../../presentation/lines/count-down.ts';
import { exitFields } from '../../presentation/lines/exit-words.ts';
import type { Output } from '../../presentation/output/output.ts';
import type { CommandContext } from '../program/command-definition.ts';
import { type Act, type ActResult, actOnMachines, type NamesChoice } from '../program/several-machines.ts';

/** What is over sooner draws nothing. */
const PATIENCE_MS = 1000;
const MOST_LINES = 8;

type Rung = StopProgress;

export interface Ladder {
  readonly attempt: string;
  /** Seconds. */
  readonly timeout: number;
  readonly stop: (machines: Machines, name: string, options: StopOptions) => Promise<StopOutcome>;
  readonly result: (outcome: StopOutcome) => ActResult;
}

export function stopMachines(context: CommandContext, choice: NamesChoice, ladder: Ladder): Promise<number> {
  return withLadder(context, ladder, (act) => actOnMachines(context, choice, act));
}

/** `work` does it to those that are meant; while it does, the line counts down. */
export async function withLadder(
  context: CommandContext,
  { attempt, timeout, stop, result }: Ladder,
  work: (act: Act) => Promise<number>,
): Promise<number> {
  const countDown = createCountDown(context.output, await context.machines());
  const act = async (machines: Machines, name: string): Promise<ActResult> => {
    try {
      const options = { timeoutSeconds: timeout, onProgress: countDown.of(name) };
      const outcome = await stop(machines, name, options);
      const { words, fields } = result(outcome);
      return { words, more: refusalLines(outcome), fields: { ...fields, ...refusalFields(outcome) } };
    } finally {
      countDown.done(name);
    }
  };
  try {
    return await work({ attempt, act });
  } finally {
    countDown.end();
  }
}

export function stopResult(timeout: number): (outcome: StopOutcome) => ActResult {
  return ({ clean, exit }) => ({
    words: stopWords(clean, exit?.reason, timeout),
    fields: { clean, exit: exitFields(exit) },
  });
}

function stopWords(clean: boolean, reason: string | undefined, timeout: number): string {
  if (clean) return 'stopped';
  if (reason === 'monitor-lost') return 'its monitor had died, and it with it; what was left is cleaned up';
  return `did not stop within ${timeout} s and was killed`;
}

interface CountDown {
  readonly of: (name: string) => (progress: StopProgress) => void;
  /** It is down, or failed. */
  readonly done: (name: string) => void;
  readonly end: () => void;
}

function createCountDown({ redraw }: Output, machines: Machines): CountDown {
  if (redraw === undefined) return { of: () => () => {}, done: () => {}, end: () => {} };
  const rungs = new Map<string, Rung>();
  let isDrawn = false;
  let isLooking = false;
  let isOver = false;
  const tick = async (): Promise<void> => {
    // Who keeps the machines may answer late: nothing is asked twice, and nothing is drawn over what was printed meanwhile.
    if (isLooking) return;
    isLooking = true;
    const waiting = await Promise.all([...rungs].map(([name, rung]) => waitingOf(machines, name, rung)));
    isLooking = false;
    if (isOver) return;
    const line = countDownLine(waiting.filter(({ name }) => rungs.has(name)));
    if (line !== '' || isDrawn) redraw(line);
    isDrawn = line !== '';
  };
  const timer = setInterval(() => void tick(), PATIENCE_MS);
  return {
    of: (name) => (progress) => void rungs.set(name, progress),
    done: (name) => void rungs.delete(name),
    end: () => {
      isOver = true;
      clearInterval(timer);
      if (isDrawn) redraw('');
    },
  };
}

async function waitingOf(machines: Machines, name: string, rung: Rung): Promise<Waiting> {
  return {
    name,
    signal: rung.rung === 'halt' ? rung.signal : undefined,
    remaining: await lookAt(machines, name),
    seconds: secondsOf(rung),
  };
}

function secondsOf(rung: Rung): number {
  switch (rung.rung) {
    case 'thaw':
      return Number.POSITIVE_INFINITY;
    case 'halt':
      return Math.max(1, (rung.killAt - Date.now()) / 1000);
    case 'kill':
      return 0;
  }
}

/** It may be gone, or renamed, by now. */
async function lookAt(machines: Machines, name: string): Promise<Remaining | undefined> {
  try {
    return await machines.remaining(name);
  } catch {
    return undefined;
  }
}

/** Lines below "web: did not stop within 30 s and was killed". */
function refusalLines({ refused }: StopOutcome): readonly string[] {
  if (refused === undefined || refused.total === 0) return [];
  const shown = refused.processes.slice(0, MOST_LINES);
  const more = refused.total - shown.length;
  return [
    ...shown.map((process) => `  still there: ${processWords(process)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function refusalFields({ refused }: StopOutcome): Readonly<Record<string, unknown>> {
  return { refused: refused ?? null };
}
