/** RUN/state as the monitor writes it (docs/launch-plan.md, "state"). */
import { decodeRecords } from '../records.ts';
import type { ProcessId } from './process-stat.ts';
import { readSmallFile } from './small-file.ts';

export interface StateFile {
  readonly phase: 'starting' | 'running' | 'stopping';
  readonly monitor: ProcessId;
  readonly init: ProcessId | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
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
  };
}

function readRecords(text: string): ReadonlyMap<string, readonly string[]> {
  try {
    return new Map(decodeRecords(Buffer.from(text)).map((record) => [record.name, record.arguments]));
  } catch {
    return new Map();
  }
}

function processId(args: readonly string[] | undefined): ProcessId | undefined {
  const [pid, start] = [Number(args?.[0]), Number(args?.[1])];
  return pid > 0 && Number.isSafeInteger(start) ? { pid, start } : undefined;
}
