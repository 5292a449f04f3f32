/** `top` without a screen: a table or a JSON line for each sample. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SampleScope, UsageSample, UsageSampler } from '../../backends/usage.ts';
import type { Output } from '../../presentation/output/output.ts';
import type { UsageSort } from '../../presentation/usage/usage-columns.ts';
import { usageFields } from '../../presentation/usage/usage-json.ts';
import { usageTable } from '../../presentation/usage/usage-table.ts';

export interface SampleChoice {
  readonly scope: SampleScope;
  readonly sort: UsageSort | undefined;
}

export interface BatchChoice extends SampleChoice {
  /** Seconds. */
  readonly interval: number;
  /** Infinity: until somebody ends it. */
  readonly iterations: number;
}

/** Rates need two samples, so the first one is not shown: the first line comes after one interval. */
export async function showBatches(
  sampler: UsageSampler,
  output: Output,
  choice: BatchChoice,
  signal: AbortSignal,
): Promise<void> {
  const { interval, iterations } = choice;
  let next = now();
  sampler.sample();
  for (let done = 0; done < iterations; done += 1) {
    // From when it should have been, so that the time a sample takes adds up to nothing.
    next = Math.max(next + interval * 1000, now());
    if (!(await waitUntil(next, signal))) return;
    if (done > 0 && !output.json) output.raw('\n');
    showSample(sampler.sample(), output, choice);
  }
}

export function showSample(sample: UsageSample, output: Output, { scope, sort }: SampleChoice): void {
  if (output.json) output.document(usageFields(sample, scope, new Date()));
  else output.print(usageTable(sample, { scope, sort, paint: output.paint }));
}

/** False if it was ended. */
async function waitUntil(time: number, signal: AbortSignal): Promise<boolean> {
  const left = time - now();
  if (left > 0) await delay(left, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** Milliseconds of the monotonic clock: not by `performance`, which takes Node a millisecond to load. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
