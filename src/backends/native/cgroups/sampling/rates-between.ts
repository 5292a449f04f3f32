/** How fast a group's counters grew between two looks at it that kept nothing open. Pure. */
import { NO_RATES, noCounters } from './counters.ts';
import { netDev } from './formats/net-dev.ts';
import type { Source } from './sources.ts';

/** What a look leaves for the next one. */
export interface Kept {
  readonly counters: number[];
  /** Seconds of the monotonic clock, by source; NaN: it was not read. */
  readonly readAt: readonly number[];
  /** See `Seen`. */
  readonly allReadAt: number;
  /** Of the group's directory: a machine that died and was started in between has another group of the same name. */
  readonly inode: number;
  /** Of the machine's first process: one that rebooted has another one, and another network. */
  readonly pid: number | undefined;
  readonly networkAt: number;
}

/** NaN: it was not read twice of the same group. */
export function ratesSince(
  before: Kept | undefined,
  now: Kept | undefined,
  sources: readonly Source[],
): readonly number[] {
  if (before === undefined || now === undefined) return NO_RATES;
  if (before.inode !== now.inode || before.pid !== now.pid) return NO_RATES;
  const rates = noCounters();
  for (let index = 0; index < sources.length; index += 1) {
    const seconds = (now.readAt[index] as number) - (before.readAt[index] as number);
    setRates(rates, (sources[index] as Source).format.counters, seconds, before, now);
  }
  setRates(rates, netDev.counters, now.networkAt - before.networkAt, before, now);
  return rates;
}

function setRates(rates: number[], own: readonly number[], seconds: number, before: Kept, now: Kept): void {
  if (!(seconds > 0)) return;
  for (let index = 0; index < own.length; index += 1) {
    const counter = own[index] as number;
    const grown = (now.counters[counter] as number) - (before.counters[counter] as number);
    // What is less than before is another count: a controller was taken away and given back.
    if (grown >= 0) rates[counter] = grown / seconds;
  }
}
