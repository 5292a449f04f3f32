/**
 * One or two samples are over before optimized code is worth what it costs: V8 spent a quarter of the processor time on it. And several
 * threads that collect so little garbage wait for each other longer than they work.
 */
import type { Addon } from './addon.ts';

const FLAGS = ['--no-opt', '--no-parallel-scavenge'];

export async function workForFewSamples(addon: Addon | undefined): Promise<void> {
  if (addon !== undefined && FLAGS.every((flag) => addon.tune(flag))) return;
  const { setFlagsFromString } = await import('node:v8');
  FLAGS.forEach(setFlagsFromString);
}
