import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { patience } from '../../scripts/test-patience.mjs';
import type { Leftover } from './leftovers.ts';

/** Ends and removes what was left, after it was reported: so that one leak fails one run, not all that follow. */
export async function sweep(left: readonly Leftover[]): Promise<void> {
  for (const leftover of left) if (leftover.kind === 'process') attempt(() => endProcess(leftover.what));
  // A killed process leaves its cgroup a moment later.
  const deadline = performance.now() + patience.poll;
  while (performance.now() < deadline && left.some(isCgroupThere)) {
    left.forEach(removeCgroup);
    await sleep(50);
  }
  for (const { kind, what } of left) {
    if (kind === 'folder') attempt(() => rmSync(what, { recursive: true, force: true }));
  }
}

function isCgroupThere({ kind, what }: Leftover): boolean {
  return kind === 'cgroup' && existsSync(what);
}

/** Fails silently while something is in it: then that is a leftover itself. */
export function removeCgroup({ kind, what }: Leftover): void {
  if (kind === 'cgroup') attempt(() => rmdirSync(what));
}

function endProcess(pidAndCommand: string): void {
  process.kill(Number.parseInt(pidAndCommand, 10), 'SIGKILL');
}

function attempt(deed: () => void): void {
  try {
    deed();
  } catch {
    // It went meanwhile, or is still in use; the next search tells.
  }
}
