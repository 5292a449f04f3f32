/** What was observed, as it is kept in test/golden/contract, of which the table in docs/backends.md is made. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from './observing.ts';

/** The fake is nobody's backend. */
export type KeptWorld = 'native' | 'nspawn';

/** Kept by `npm run contract`. */
export function keptObservations(world: KeptWorld): readonly Observation[] {
  const path = join(import.meta.dirname, '../golden/contract', `${world}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}

/** For `npm run contract`, which names a folder. Whether it does: then nothing is compared with what is kept. */
export function handOver(world: KeptWorld, observations: readonly Observation[]): boolean {
  const folder = process.env['TSMACHINE_TEST_CONTRACT'];
  if (folder === undefined) return false;
  writeFileSync(join(folder, `${world}.json`), `${JSON.stringify(observations, null, 2)}\n`);
  return true;
}
