/** `top` without a screen: a table or a JSON line for each sample. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SampleScope, UsageSampler } from '../../backends/usage.ts';
import type { Output } from '../../presentation/output.ts';
import type { UsageSort } from '../../presentation/usage/usage-columns.ts';
import { usageFields } from '../../presentation/usage/usage-json.ts';
import { usageTable } from '../../presentation/usage/usage-table.ts';

export interface BatchChoice {
  readonly scope: SampleScope;
  readonly sort: UsageSort | undefined;
  /** Seconds; 0: one sample only, without rates. */
  readonly interval: number;
  /** Infinity: until somebody ends it. */
  readonly iterations: number;
}

/** Rates need two samples, so the first one is not shown: the first line comes after one interval. */
export async function showBatches(
  sampler: UsageSampler,
  output: Output,
  { scope, sort, interval, iterations }: BatchChoice,
  signal: AbortSignal,
): Promise<void> {
  let next = performance.now();
  if (interval > 0) sampler.sample();
  for (let done = 0; done < iterations; done += 1) {
    // From when it should have been, so that the time a sample takes adds up to nothing.
    next = Math.max(next + interval * 1000, performance.now());
    if (!(await waitUntil(next, signal))) return;
    const sample = sampler.sample();
    if (output.json) output.document(usageFields(sample, scope, new Date()));
    else {
      if (done > 0) output.raw('\n');
      output.print(usageTable(sample, { scope, sort, paint: output.paint }));
    }
  }
}

/** False if it was ended. */
async function waitUntil(time: number, signal: AbortSignal): Promise<boolean> {
  const left = time - performance.now();
  if (left > 0) await delay(left, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
