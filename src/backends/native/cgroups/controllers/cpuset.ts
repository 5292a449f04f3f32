/** cpuset.*: "Cpuset Interface Files" of cgroup-v2.rst; in v1 cpuset(7), where a group without processors takes no process. */
import type { HostFiles, Limit, LimitFiles, LimitTable } from './limit.ts';

export const cpusetLimits: LimitTable<'cpuset.cpus' | 'cpuset.mems'> = {
  'cpuset.cpus': list('cpuset.cpus', (host) => host.cpuset?.cpus),
  'cpuset.mems': list('cpuset.mems', (host) => host.cpuset?.mems),
};

/**
 * Empty is v2's word for "as the parent", but neither v1 nor v2 (seen on 6.1) takes it for a group with processes: ENOSPC. So it is
 * written as all that there is. A write of no byte would never reach the kernel.
 */
function list(file: string, allOf: (host: HostFiles) => string | undefined): Limit<string> {
  const files: LimitFiles<string> = {
    writes: ({ after }, host) => {
      const orAll = (text: string) => text.trim() || allOf(host) || '\n';
      return [{ file, value: orAll(after), restore: orAll }];
    },
    inForce: (read) => read(file)?.trim(),
  };
  return {
    standard: '',
    unified: files,
    legacy: files,
    same: (set, now, host) => set === now || sameMembers(set || (allOf(host) ?? ''), now),
  };
}

function sameMembers(one: string, other: string): boolean {
  return members(one).join() === members(other).join();
}

/** Of a list such as `0-3,7`: "List format" of cpuset(7). */
export function members(list: string): readonly number[] {
  const all = list
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  return [...new Set(all)].sort((a, b) => a - b);
}
