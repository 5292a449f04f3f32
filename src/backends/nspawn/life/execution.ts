/** Whether a machine's init was executed: systemd-nspawn counts as started just before it tries. */
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/**
 * Returns when init, or what stands in for it (ProcessTwo= of systemd.nspawn(5)), runs something, is gone, or `timeoutMs` have passed.
 * @param leader init, and supervisor systemd-nspawn itself, on the host
 */
export async function awaitExecution(leader: number, supervisor: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (isOnItsWay(leader, supervisor) && performance.now() < deadline) await wait(LOOK_EVERY_MS);
}

/** It is a fork of systemd-nspawn until then, without children. Where that cannot be read nobody waits for it. */
function isOnItsWay(leader: number, supervisor: number): boolean {
  try {
    const [own, program] = [leader, supervisor].map((pid) => readlinkSync(`/proc/${pid}/exe`));
    return own === program && readFileSync(`/proc/${leader}/task/${leader}/children`, 'utf8') === '';
  } catch {
    return false;
  }
}
