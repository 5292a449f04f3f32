/** Counters and rates of a group, as the seam has them. Pure. */

import type { Amount } from '../../../limits.ts';
import type { GroupSample, GroupUsage } from '../../../usage.ts';
import { COUNTER, NO_RATES } from './counters.ts';

/** Whose group it is. */
type Owned = Pick<GroupSample, 'id' | 'path' | 'phase'> & {
  readonly machine: string | undefined;
  readonly pid: number | undefined;
};

export function groupSample(
  { id, path, phase, machine, pid }: Owned,
  now: readonly number[],
  usage: GroupUsage,
): GroupSample {
  const frozen = now[COUNTER.frozen] as number;
  return {
    id,
    path,
    machine: machine ?? null,
    pid: pid ?? null,
    frozen: Number.isNaN(frozen) ? null : frozen === 1,
    phase,
    usage,
  };
}

export function groupUsage(now: readonly number[], rates: readonly number[]): GroupUsage {
  const { io, network, pressure } = rates === NO_RATES ? WITHOUT_RATES : whatRatesTell(rates);
  return {
    cpu: cpuUsage(now, rates),
    memory: {
      bytes: known(now[COUNTER.memory]),
      limitBytes: amount(now[COUNTER.memoryMax]),
      highBytes: amount(now[COUNTER.memoryHigh]),
      anonBytes: known(now[COUNTER.anon]),
      fileBytes: known(now[COUNTER.file]),
      refaults: known(rates[COUNTER.refaults]),
    },
    swap: { bytes: known(now[COUNTER.swap]), limitBytes: swapLimit(now) },
    io,
    tasks: { count: known(now[COUNTER.tasks]), limit: amount(now[COUNTER.tasksMax]) },
    network,
    pressure,
  };
}

type RatesAlone = Pick<GroupUsage, 'io' | 'network' | 'pressure'>;

/** One for all groups that were looked at once. */
const WITHOUT_RATES: RatesAlone = whatRatesTell(NO_RATES);

function whatRatesTell(rates: readonly number[]): RatesAlone {
  return {
    io: {
      rbps: known(rates[COUNTER.rbytes]),
      wbps: known(rates[COUNTER.wbytes]),
      riops: known(rates[COUNTER.rios]),
      wiops: known(rates[COUNTER.wios]),
    },
    network: { rxBytes: known(rates[COUNTER.rxBytes]), txBytes: known(rates[COUNTER.txBytes]) },
    pressure: {
      cpu: { some: share(rates[COUNTER.cpuSome]), full: share(rates[COUNTER.cpuFull]) },
      memory: { some: share(rates[COUNTER.memorySome]), full: share(rates[COUNTER.memoryFull]) },
      io: { some: share(rates[COUNTER.ioSome]), full: share(rates[COUNTER.ioFull]) },
    },
  };
}

function cpuUsage(now: readonly number[], rates: readonly number[]): GroupUsage['cpu'] {
  return {
    cores: scaled(rates[COUNTER.cpuUsec]),
    limitCores: amount(limitCores(now[COUNTER.quotaUsec] as number, now[COUNTER.periodUsec] as number)),
    throttledShare: throttledShare(rates[COUNTER.throttledUsec], rates[COUNTER.cpuUsec]),
    throttledSeconds: scaled(rates[COUNTER.throttledUsec]),
  };
}

function limitCores(quota: number, period: number): number {
  return quota === Number.POSITIVE_INFINITY ? quota : quota / period;
}

function known(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function amount(value: number | undefined): Amount | null {
  return value === Number.POSITIVE_INFINITY ? 'max' : known(value);
}

/** From microseconds. */
function scaled(rate: number | undefined): number | null {
  const usec = known(rate);
  return usec === null ? null : usec / 1e6;
}

/** Of microseconds a second. The kernel reads its clock at another moment than we do, so a little more than all is possible. */
function share(rate: number | undefined): number | null {
  const seconds = scaled(rate);
  return seconds === null ? null : Math.min(1, seconds);
}

/**
 * The kernel sums throttled time over processors, so it can be more than the time that passed; beside the time that was run, which
 * is summed as well, it is a share of what was wanted.
 */
function throttledShare(throttled: number | undefined, ran: number | undefined): number | null {
  const [held, used] = [known(throttled), known(ran)];
  if (held === null || used === null) return null;
  return held === 0 ? 0 : held / (held + used);
}

function swapLimit(now: readonly number[]): Amount | null {
  const both = now[COUNTER.memoryAndSwapMax] as number;
  if (Number.isNaN(both)) return amount(now[COUNTER.swapMax]);
  return both === Number.POSITIVE_INFINITY ? 'max' : known(both - (now[COUNTER.memoryMax] as number));
}
