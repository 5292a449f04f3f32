/**
 * Whether a group of v2 and all below it rest. For a group with processes and groups beside each other `frozen 1` comes early: the kernel
 * says it as soon as either its own processes or the groups below are frozen, and takes it back when the next of the others stops
 * (cgroup_update_frozen() and cgroup_propagate_frozen() of kernel/cgroup/freezer.c: they expect no such group).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readEvents } from './group-events.ts';

/** To be asked once the group has been frozen; true if it is gone. */
export function isAtRest(group: string): boolean {
  const below = groupsBelow(group);
  if (readEvents(group)?.frozen === false) return false;
  // Of a group that has none below it the word is exact.
  if (below.length === 0) return true;
  return below.every(isAtRest) && !threadsOf(group).some(isRunning);
}

/** A directory of a cgroup tree counts those in it in st_nlink, as any file system does. */
const LINKS_ALONE = 2;

function groupsBelow(group: string): readonly string[] {
  try {
    if (statSync(group).nlink <= LINKS_ALONE) return [];
    return readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${group}/${name}`);
  } catch {
    return [];
  }
}

/** Thread ids in the group itself, as far as this pid namespace sees them. */
function threadsOf(group: string): readonly string[] {
  return (read(`${group}/cgroup.threads`) ?? '').split('\n').filter((tid) => tid !== '' && tid !== '0');
}

/** Where a thread waits for its vfork(2): by proc_pid_wchan(5), since 5.10 and before. */
const VFORK = /^(?:kernel_clone|_do_fork|wait_for_vfork_done|0)?$/;

/**
 * Who is to be frozen is woken, and runs until it stops in the freezer: only then it sleeps again (proc_pid_stat(5), the third field). Whoever
 * waits without being woken (D) is at work yet, but for one that waits for its vfork(2), which counts as frozen and stays like that; so
 * does one of which the kernel does not tell where it waits.
 */
function isRunning(tid: string): boolean {
  const stat = read(`/proc/${tid}/stat`) ?? '';
  const state = stat.charAt(stat.lastIndexOf(')') + 2);
  return state === 'R' || (state === 'D' && !VFORK.test(read(`/proc/${tid}/wchan`) ?? ''));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
