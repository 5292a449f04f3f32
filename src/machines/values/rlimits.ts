/** Resource limits, getrlimit(2), as prlimit(1) names them. */
import type { ResourceLimit } from '../../backends/backend.ts';

export const rlimitNames: readonly string[] = [
  'as',
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** What the kernel has against it on every host; undefined: nothing. */
export function rlimitFault(name: string, { soft, hard }: ResourceLimit): string | undefined {
  if (name === 'nofile' && hard === 'unlimited') {
    return 'the number of open files cannot be unlimited: the kernel takes at most fs.nr_open';
  }
  return hard !== 'unlimited' && (soft === 'unlimited' || soft > hard)
    ? `the soft limit ${soft} is above the hard limit ${hard}`
    : undefined;
}
