/** What holds a machine back, in words. Pure: `top`, `info` and a dashboard say the same of the same numbers. */

import type { Amount } from '../../backends/limits.ts';
import type { GroupSample, HostUsage } from '../../backends/usage.ts';
import { formatShort } from '../units.ts';

export type ConstraintKind = 'frozen' | 'cpu.max' | 'memory' | 'swap' | 'io' | 'pids.max' | 'cpu';

export interface Constraint {
  readonly kind: ConstraintKind;
  /** How much it matters beside others: 0 to 1. */
  readonly weight: number;
  /** "throttled 38% of the time by cpu.max=50%". */
  readonly words: string;
}

type Rule = (sample: GroupSample, host: HostUsage) => Constraint | undefined;

/** Below this share of the time nobody notices. */
const NOTICED = 0.05;
/** Processes of one machine wait for each other now and then on any busy host. */
const NOTICED_CPU_WAIT = 0.15;
/** From here on a limit is as good as reached. */
const NEARLY = 0.95;
/** A few pages come back in every program's life. */
const MANY_REFAULTS = 20;

const rules: readonly Rule[] = [frozen, throttled, memory, swap, disks, tasks, contention];

/** The heaviest first; none if nothing holds it back. */
export function constraintsOf(sample: GroupSample, host: HostUsage): readonly Constraint[] {
  const found: Constraint[] = [];
  // By index: of a thousand groups, steps of an iterator would be most of what is thrown away.
  for (let index = 0; index < rules.length; index += 1) {
    const constraint = rules[index]?.(sample, host);
    if (constraint !== undefined) found.push(constraint);
  }
  return found.length < 2 ? found : found.sort((a, b) => b.weight - a.weight);
}

/** One line; undefined if nothing holds it back. */
export function whySlow(sample: GroupSample, host: HostUsage): string | undefined {
  const constraints = constraintsOf(sample, host);
  return constraints.length === 0 ? undefined : constraints.map(({ words }) => words).join('; ');
}

function frozen(sample: GroupSample): Constraint | undefined {
  return sample.frozen === true
    ? { kind: 'frozen', weight: 1, words: 'frozen: nothing of it runs' }
    : undefined;
}

function throttled({ usage: { cpu } }: GroupSample): Constraint | undefined {
  const { throttledShare: share, limitCores } = cpu;
  if (share === null || share < NOTICED) return undefined;
  const limit = typeof limitCores === 'number' ? `=${percent(limitCores)}` : '';
  return {
    kind: 'cpu.max',
    weight: share,
    words: `throttled ${percent(share)} of the time by cpu.max${limit}`,
  };
}

function memory({ usage }: GroupSample, host: HostUsage): Constraint | undefined {
  const { bytes, limitBytes, highBytes, anonBytes } = usage.memory;
  const waiting = usage.pressure.memory.some ?? 0;
  const refaults = usage.memory.refaults ?? 0;
  const suffers = waiting >= NOTICED || refaults >= MANY_REFAULTS;
  const weight = Math.max(waiting, refaults >= MANY_REFAULTS ? 0.3 : 0);
  const full = suffers ? fullOf(bytes, limitBytes, highBytes) : undefined;
  if (full !== undefined) {
    return { kind: 'memory', weight, words: `memory at ${full}${signsOfReclaim(refaults, waiting)}` };
  }
  const ofProcesses = shareOf(anonBytes, limitBytes);
  if (ofProcesses >= NEARLY) {
    const words = `processes fill ${percent(ofProcesses)} of memory.max: soon some are killed`;
    return { kind: 'memory', weight: 0.4, words };
  }
  if (waiting < NOTICED) return undefined;
  return { kind: 'memory', weight, words: `waits ${percent(waiting)} of the time for memory${ofHost(host)}` };
}

/** "96% of memory.max": of the limit that it is nearly at. */
function fullOf(bytes: number | null, limit: Amount | null, high: Amount | null): string | undefined {
  const [ofMax, ofHigh] = [shareOf(bytes, limit), shareOf(bytes, high)];
  if (ofMax >= NEARLY) return `${percent(ofMax)} of memory.max`;
  return ofHigh >= NEARLY ? `${percent(ofHigh)} of memory.high` : undefined;
}

function signsOfReclaim(refaults: number, waiting: number): string {
  const signs = [
    ...(refaults >= 1 ? [`${formatShort(refaults)} refaults a second`] : []),
    ...(waiting >= NOTICED ? [`waiting ${percent(waiting)} of the time`] : []),
  ];
  return signs.length === 0 ? '' : ` with ${signs.join(', ')}`;
}

function ofHost({ memoryBytes, availableBytes }: HostUsage): string {
  const scarce = memoryBytes !== null && availableBytes !== null && availableBytes < memoryBytes / 10;
  return scarce ? ': the host has little left' : '';
}

function swap({ usage }: GroupSample): Constraint | undefined {
  const share = shareOf(usage.swap.bytes, usage.swap.limitBytes);
  if (share < NEARLY || (usage.swap.bytes ?? 0) === 0) return undefined;
  return { kind: 'swap', weight: 0.3, words: `swap at ${percent(share)} of memory.swap.max` };
}

function disks({ usage: { io, pressure } }: GroupSample): Constraint | undefined {
  const { some, full } = pressure.io;
  if (some === null || some < NOTICED) return undefined;
  const stands = full !== null && full >= NOTICED ? ` (${percent(full)} all of it)` : '';
  const rate = (io.rbps ?? 0) + (io.wbps ?? 0);
  const speed = rate >= 1024 ? `, at ${formatShort(rate, 1024)}B/s` : '';
  return { kind: 'io', weight: some, words: `waits ${percent(some)} of the time for disks${stands}${speed}` };
}

function tasks({
  usage: {
    tasks: { count, limit },
  },
}: GroupSample): Constraint | undefined {
  const share = shareOf(count, limit);
  if (share < NEARLY) return undefined;
  const fate = share >= 1 ? 'nothing can be started' : 'soon nothing can be started';
  return {
    kind: 'pids.max',
    weight: share >= 1 ? 1 : 0.3,
    words: `${count} of ${limit} tasks (pids.max): ${fate}`,
  };
}

/** A throttled group waits as well; that has been said. */
function contention({ usage: { cpu, pressure } }: GroupSample, host: HostUsage): Constraint | undefined {
  const { some } = pressure.cpu;
  if (some === null || some < NOTICED_CPU_WAIT || (cpu.throttledShare ?? 0) >= NOTICED) return undefined;
  const own = cpu.cores ?? 0;
  const others = Math.max(0, (host.busyCores ?? 0) - own);
  // Not more important than what a person has set.
  const weight = some * 0.8;
  const waits = `waits ${percent(some)} of the time for a processor`;
  if (own >= host.cores * 0.8) {
    return { kind: 'cpu', weight, words: `${waits}: it uses ${cores(own)} of ${host.cores} itself` };
  }
  if (others >= host.cores * 0.2) {
    return { kind: 'cpu', weight, words: `${waits}: others use ${cores(others)} of ${host.cores}` };
  }
  return { kind: 'cpu', weight, words: waits };
}

/** 0 where there is no limit. */
function shareOf(value: number | null, limit: Amount | null): number {
  return value === null || typeof limit !== 'number' || limit === 0 ? 0 : value / limit;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function cores(count: number): string {
  return count.toFixed(1);
}
