import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLeftovers, findLeftovers } from './leftovers.ts';
import { runMark } from './test-run.ts';

/** Refuses to begin on top of an earlier run with the same mark, and to end with anything of this one left. */
export function setup(): void {
  const earlier = findLeftovers(runMark()).filter(({ kind }) => kind !== 'folder' && kind !== 'process');
  if (earlier.length > 0) throw new Error(describeLeftovers(earlier));
}

export function teardown(): void {
  const folder = join(tmpdir(), runMark());
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  const left = findLeftovers(runMark()).filter(({ kind, what }) => kind !== 'process' || !isTestWorker(what));
  if (left.length > 0) throw new Error(describeLeftovers(left));
}

/** The runner's own workers inherit the mark and may still be on their way out. */
function isTestWorker(command: string): boolean {
  return /node_modules\/vitest\/|vitest|esbuild/.test(command);
}
