/** machines/NAME/first-boot.json: what a machine does at its first start, how far it is, and what failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeAtomically } from '../../files/atomic-file.ts';
import { FIRST_BOOT_FILE } from '../store/paths.ts';

const argv = v.pipe(v.tupleWithRest([v.string()], v.string()), v.readonly());

const schema = v.object({
  version: v.literal(1),
  steps: v.array(v.object({ name: v.string(), phase: v.picklist(['before-init', 'after-boot']), argv })),
  /** How many are done. */
  done: v.pipe(v.number(), v.integer(), v.minValue(0)),
  failures: v.array(v.object({ step: v.string(), why: v.string() })),
});

export type FirstBoot = Readonly<v.InferOutput<typeof schema>>;

/** `directory` is the machine's. Undefined: it has none, or one that cannot be read, which nothing can be done of. */
export function readFirstBoot(directory: string): FirstBoot | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(readFileSync(join(directory, FIRST_BOOT_FILE), 'utf8')));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

export function saveFirstBoot(directory: string, firstBoot: FirstBoot): void {
  writeAtomically(join(directory, FIRST_BOOT_FILE), `${JSON.stringify(firstBoot)}\n`);
}

/** What is done is not kept: it may hold hashes of passwords. */
export function withoutSteps({ version, failures }: FirstBoot): FirstBoot {
  return { version, steps: [], done: 0, failures };
}
