/** What groups used in the last samples, for sparklines; those that went are forgotten. */
import type { GroupSample, UsageSample } from '../../backends/usage.ts';

/** As many as the widest line shows. */
const KEPT = 120;

export interface UsageHistory {
  readonly cores: readonly (number | null)[];
  readonly memoryBytes: readonly (number | null)[];
  /** Read and written, bytes a second. */
  readonly io: readonly (number | null)[];
}

export type Histories = ReadonlyMap<string, UsageHistory>;

export function remember(before: Histories, { groups }: UsageSample): Histories {
  return new Map(groups.map((group) => [group.id, extend(before.get(group.id), group)]));
}

function extend(before: UsageHistory | undefined, { usage: { cpu, memory, io } }: GroupSample): UsageHistory {
  return {
    cores: add(before?.cores, cpu.cores),
    memoryBytes: add(before?.memoryBytes, memory.bytes),
    io: add(before?.io, io.rbps === null ? null : io.rbps + (io.wbps ?? 0)),
  };
}

function add(before: readonly (number | null)[] = [], value: number | null): readonly (number | null)[] {
  const kept = before.slice(before.length < KEPT ? 0 : 1);
  kept.push(value);
  return kept;
}
