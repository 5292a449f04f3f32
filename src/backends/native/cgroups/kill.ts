/** Ending every process of a group, at once where the kernel can. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BackendError } from '../../backend.ts';
import { setFrozen } from './freezer.ts';
import { readEvents, waitForEvents } from './group-events.ts';
import { groupDirectories, unifiedGroup } from './groups.ts';
import type { CgroupLayout } from './layout.ts';

/** How long killed processes may take to go: exits wait for disks. */
const EMPTY_TIMEOUT_MS = 10_000;
const LEGACY_POLL_MS = 5;

/**
 * Kills all processes of a machine and waits until none is left. A group that is gone is empty.
 * @throws BackendError 'timeout' if processes stay
 */
export async function killGroup(layout: CgroupLayout, parent: string, name: string): Promise<void> {
  const unified = unifiedGroup(layout, parent, name);
  const empty =
    unified !== undefined && requestKill(unified)
      ? await waitForEvents(unified, (events) => !events.populated, EMPTY_TIMEOUT_MS)
      : await killEach(layout, parent, name);
  if (!empty) throw stillThere(name);
}

/**
 * Kills all processes of a machine, for who waits for its end by another way: the kernel does it at once where it can, else
 * this waits until none is left.
 * @throws BackendError 'timeout' if processes stay
 */
export async function killAll(layout: CgroupLayout, parent: string, name: string): Promise<void> {
  const unified = unifiedGroup(layout, parent, name);
  if (unified !== undefined && requestKill(unified)) return;
  if (!(await killEach(layout, parent, name))) throw stillThere(name);
}

function stillThere(name: string): BackendError {
  return new BackendError(
    'timeout',
    `processes of ${name} did not end within ${EMPTY_TIMEOUT_MS / 1000} s of SIGKILL`,
    {
      hint: 'They wait in the kernel, most often for a disk or a network file system: see `dmesg`.',
    },
  );
}

/** Whether a process is left in the group or below it. */
export function isPopulated(layout: CgroupLayout, parent: string, name: string): boolean {
  const unified = unifiedGroup(layout, parent, name);
  if (unified !== undefined) return readEvents(unified)?.populated ?? false;
  return groupDirectories(layout, parent, name).some((group) => processesIn(group).length > 0);
}

/** False if this kernel has no cgroup.kill (before 5.14). */
function requestKill(group: string): boolean {
  try {
    writeFileSync(`${group}/cgroup.kill`, '1', { flag: 'r+' });
    return true;
  } catch {
    return readEvents(group) === undefined;
  }
}

/** Frozen first, so that none can fork away from the list; a frozen v1 process dies only when thawed. */
async function killEach(layout: CgroupLayout, parent: string, name: string): Promise<boolean> {
  const deadline = performance.now() + EMPTY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const processes = new Set(groupDirectories(layout, parent, name).flatMap(processesIn));
    if (processes.size === 0) return true;
    // A freeze that fails or times out costs only another round.
    await setFrozen(layout, parent, name, true, 500).catch(() => {});
    for (const pid of new Set(groupDirectories(layout, parent, name).flatMap(processesIn))) killOne(pid);
    await setFrozen(layout, parent, name, false, 500).catch(() => {});
    await delay(LEGACY_POLL_MS);
  }
  return false;
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Process ids in a group and all groups below it. */
export function processesIn(group: string): readonly number[] {
  try {
    const own = readFileSync(`${group}/cgroup.procs`, 'latin1').split('\n').map(Number);
    const below = readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => processesIn(`${group}/${entry.name}`));
    // 0 stands for a process that this pid namespace does not see.
    return [...own.filter((pid) => pid > 0), ...below];
  } catch {
    return [];
  }
}
