/** RUN/state as the monitor writes it (docs/launch-plan.md, "state"). */
import type { ProcessId } from './process-stat.ts';
import { readSmallFile } from './small-file.ts';

export interface StateFile {
  readonly phase: 'starting' | 'running' | 'stopping';
  readonly monitor: ProcessId;
  readonly init: ProcessId | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The same; undefined until init says that it is ready. */
  readonly readyAt: number | undefined;
}

/** Undefined when there is none or it is not the monitor's: it is replaced by rename, so it is never half written. */
export function readStateFile(runDirectory: string): StateFile | undefined {
  const text = readSmallFile(`${runDirectory}/state`);
  return text === undefined ? undefined : parseStateFile(text);
}

export function parseStateFile(text: string): StateFile | undefined {
  const records = readRecords(text);
  const phase = records.get('phase')?.[0];
  const monitor = processId(records.get('monitor'));
  if (phase !== 'starting' && phase !== 'running' && phase !== 'stopping') return undefined;
  if (monitor === undefined) return undefined;
  return {
    phase,
    monitor,
    init: processId(records.get('init')),
    startedAt: Number(records.get('started-at')?.[0] ?? 0),
    readyAt: Number(records.get('ready-at')?.[0]) || undefined,
  };
}

/** By hand, since `list` does this by the hundred: names, counts and arguments up to `end`, all of them or none. */
function readRecords(text: string): ReadonlyMap<string, readonly string[]> {
  const words = text.split('\0');
  const records = new Map<string, readonly string[]>();
  for (let next = 0; next + 1 < words.length; ) {
    const [name = '', count] = [words[next], Number(words[next + 1])];
    if (name === 'end') return records;
    if (!(count >= 0)) break;
    records.set(name, words.slice(next + 2, next + 2 + count));
    next += 2 + count;
  }
  return new Map();
}

function processId(args: readonly string[] | undefined): ProcessId | undefined {
  const [pid, start] = [Number(args?.[0]), Number(args?.[1])];
  return pid > 0 && Number.isSafeInteger(start) ? { pid, start } : undefined;
}
