/** Counters and rates of a group, as the seam has them. Pure. */

import type { Amount } from '../../../limits.ts';
import type { GroupUsage } from '../../../usage.ts';
import { COUNTER, type Counter } from './counters.ts';

export function groupUsage(now: Float64Array, rates: Float64Array): GroupUsage {
  const value = (counter: Counter) => known(now[counter]);
  const rate = (counter: Counter) => known(rates[counter]);
  const limit = (counter: Counter) => amount(now[counter]);
  const pressure = (some: Counter, full: Counter) => ({ some: share(rates[some]), full: share(rates[full]) });
  return {
    cpu: {
      cores: scaled(rates[COUNTER.cpuUsec]),
      limitCores: amount((now[COUNTER.quotaUsec] as number) / (now[COUNTER.periodUsec] as number)),
      throttledShare: throttledShare(rates[COUNTER.throttledUsec], rates[COUNTER.cpuUsec]),
      throttledSeconds: scaled(rates[COUNTER.throttledUsec]),
    },
    memory: {
      bytes: value(COUNTER.memory),
      limitBytes: limit(COUNTER.memoryMax),
      highBytes: limit(COUNTER.memoryHigh),
      anonBytes: value(COUNTER.anon),
      fileBytes: value(COUNTER.file),
      refaults: rate(COUNTER.refaults),
    },
    swap: { bytes: value(COUNTER.swap), limitBytes: swapLimit(now) },
    io: {
      rbps: rate(COUNTER.rbytes),
      wbps: rate(COUNTER.wbytes),
      riops: rate(COUNTER.rios),
      wiops: rate(COUNTER.wios),
    },
    tasks: { count: value(COUNTER.tasks), limit: limit(COUNTER.tasksMax) },
    network: { rxBytes: rate(COUNTER.rxBytes), txBytes: rate(COUNTER.txBytes) },
    pressure: {
      cpu: pressure(COUNTER.cpuSome, COUNTER.cpuFull),
      memory: pressure(COUNTER.memorySome, COUNTER.memoryFull),
      io: pressure(COUNTER.ioSome, COUNTER.ioFull),
    },
  };
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

function swapLimit(now: Float64Array): Amount | null {
  const both = now[COUNTER.memoryAndSwapMax] as number;
  if (Number.isNaN(both)) return amount(now[COUNTER.swapMax]);
  return both === Number.POSITIVE_INFINITY ? 'max' : known(both - (now[COUNTER.memoryMax] as number));
}
