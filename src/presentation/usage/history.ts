/**
 * What groups used in the last samples, for sparklines; those that went are forgotten. Pure to whoever looks: a history is a stretch of a
 * tape, and a value is only ever written behind the end of all stretches. So nothing is copied for a new sample of hundreds of groups but
 * once in two minutes.
 */
import type { GroupSample, UsageSample } from '../../backends/usage.ts';

/** As many as the widest line shows. */
const KEPT = 120;
/** Values of a tape: once it is full, what is still shown goes to a new one. */
const TAPE = 2 * KEPT;

interface Tape {
  readonly cores: Float64Array;
  readonly memoryBytes: Float64Array;
  readonly io: Float64Array;
  /** Values are written up to here. */
  written: number;
}

export interface UsageHistory {
  readonly tape: Tape;
  readonly end: number;
}

export type Histories = ReadonlyMap<string, UsageHistory>;

/** Processors; bytes; bytes a second read and written. */
export type HistoryOf = 'cores' | 'memoryBytes' | 'io';

/** The last ones, oldest first; null was not measured. */
export function lastValues(
  history: UsageHistory | undefined,
  of: HistoryOf,
  count: number,
): readonly (number | null)[] {
  if (history === undefined) return [];
  const { tape, end } = history;
  const shown = tape[of].subarray(Math.max(0, end - Math.min(count, KEPT)), end);
  return Array.from(shown, (value) => (Number.isNaN(value) ? null : value));
}

export function remember(before: Histories, { groups }: UsageSample): Histories {
  const now = new Map<string, UsageHistory>();
  for (const group of groups) now.set(group.id, extend(before.get(group.id), group));
  return now;
}

function extend(before: UsageHistory | undefined, { usage: { cpu, memory, io } }: GroupSample): UsageHistory {
  const { tape, end } = writable(before);
  tape.cores[end] = cpu.cores ?? Number.NaN;
  tape.memoryBytes[end] = memory.bytes ?? Number.NaN;
  tape.io[end] = io.rbps === null ? Number.NaN : io.rbps + (io.wbps ?? 0);
  tape.written = end + 1;
  return { tape, end: end + 1 };
}

/** A stretch that another one goes on from already, and one on a full tape, is continued on a tape of its own. */
function writable(before: UsageHistory | undefined): UsageHistory {
  if (before === undefined) return { tape: emptyTape(), end: 0 };
  const { tape, end } = before;
  if (tape.written === end && end < TAPE) return before;
  const from = Math.max(0, end - KEPT + 1);
  const fresh = emptyTape();
  for (const of of ['cores', 'memoryBytes', 'io'] as const) fresh[of].set(tape[of].subarray(from, end));
  return { tape: fresh, end: end - from };
}

function emptyTape(): Tape {
  const values = (): Float64Array => new Float64Array(TAPE);
  return { cores: values(), memoryBytes: values(), io: values(), written: 0 };
}
