/** What a machine does at its first start, how far it is, and what failed: a file of its own, first-boot.json of a native machine. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { writeAtomically } from '../../files/atomic-file.ts';
import type { FirstBootSummary } from '../machines.ts';

const argv = v.pipe(v.tupleWithRest([v.string()], v.string()), v.readonly());

const schema = v.object({
  version: v.literal(1),
  steps: v.array(v.object({ name: v.string(), phase: v.picklist(['before-init', 'after-boot']), argv })),
  /** How many are done. */
  done: v.pipe(v.number(), v.integer(), v.minValue(0)),
  failures: v.array(v.object({ step: v.string(), why: v.string() })),
});

export type FirstBoot = Readonly<v.InferOutput<typeof schema>>;

/** Undefined: there is none, or one that cannot be read, which nothing can be done of. */
export function readFirstBoot(path: string): FirstBoot | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(readFileSync(path, 'utf8')));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

export function saveFirstBoot(path: string, firstBoot: FirstBoot): void {
  writeAtomically(path, `${JSON.stringify(firstBoot)}\n`);
}

/** The same, unless all of it is done and what became of it is told (run-steps.ts). */
export function unlessConcluded(firstBoot: FirstBoot | undefined): FirstBoot | undefined {
  return firstBoot !== undefined && firstBoot.steps.length > 0 ? firstBoot : undefined;
}

/** What is done is not kept: it may hold hashes of passwords. */
export function withoutSteps({ version, failures }: FirstBoot): FirstBoot {
  return { version, steps: [], done: 0, failures };
}

export function summaryOf(firstBoot: FirstBoot | undefined): FirstBootSummary | null {
  if (firstBoot === undefined) return null;
  const { steps, done, failures } = firstBoot;
  return { left: steps.length - done, failures: failures.map(({ step, why }) => `${step}: ${why}`) };
}
