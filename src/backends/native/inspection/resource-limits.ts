/** /proc/PID/limits: proc_pid_limits(5), under the names of prlimit(1), which are those of the setting `rlimit.*`. */
import type { ResourceLimit } from '../../backend.ts';

const NAMES: Readonly<Record<string, string>> = {
  'Max address space': 'as',
  'Max core file size': 'core',
  'Max cpu time': 'cpu',
  'Max data size': 'data',
  'Max file size': 'fsize',
  'Max file locks': 'locks',
  'Max locked memory': 'memlock',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max open files': 'nofile',
  'Max processes': 'nproc',
  'Max resident set': 'rss',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
  'Max pending signals': 'sigpending',
  'Max stack size': 'stack',
};

/** A limit newer than this table keeps the kernel's name. */
export function parseResourceLimits(text: string): Readonly<Record<string, ResourceLimit>> {
  const limits = text.split('\n').flatMap((line) => {
    const [, name, soft, hard] = /^(Max .*?)\s{2,}(\d+|unlimited)\s+(\d+|unlimited)\b/.exec(line) ?? [];
    if (name === undefined || soft === undefined || hard === undefined) return [];
    return [[NAMES[name] ?? name, { soft: parseLimit(soft), hard: parseLimit(hard) }] as const];
  });
  return Object.fromEntries(limits.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function parseLimit(text: string): number | 'unlimited' {
  return text === 'unlimited' ? text : Number(text);
}
