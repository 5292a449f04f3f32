/** Which pressure thresholds this host takes. */
import { existsSync, readFileSync } from 'node:fs';
import { BackendError } from '../../backend.ts';
import type { PressureResource, PressureThreshold } from '../../limit-news.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';

/** `even-seconds`: windows of 2, 4, 6, 8 or 10 s alone, as the kernel takes them from who has no CAP_SYS_RESOURCE. */
export type PressureSupport = 'any-window' | 'even-seconds' | 'none';

const CAP_SYS_RESOURCE = 24n;
const EVEN_USEC = 2_000_000;

export function readPressureSupport(procRoot = '/proc'): PressureSupport {
  if (!existsSync(`${procRoot}/pressure/cpu`)) return 'none';
  const [, effective] =
    /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(`${procRoot}/self/status`, 'latin1')) ?? [];
  const has = ((BigInt(`0x${effective ?? '0'}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
  return has ? 'any-window' : 'even-seconds';
}

/** @throws BackendError 'unsupported' for a threshold that the kernel would not take */
export function requirePressure(
  layout: CgroupLayout,
  support: PressureSupport,
  resource: PressureResource,
  { windowUsec }: PressureThreshold,
): void {
  if (layout.unified === undefined) {
    throw unsupported(resource, 'this host has no cgroup v2, which alone measures pressure');
  }
  if (support === 'none') {
    throw unsupported(resource, 'this kernel does not measure pressure', 'Boot with psi=1, or leave it out.');
  }
  if (support === 'even-seconds' && windowUsec % EVEN_USEC !== 0) {
    throw unsupported(
      resource,
      'without CAP_SYS_RESOURCE the kernel takes windows of 2, 4, 6, 8 and 10 seconds only',
      'Write for example some 300ms/2s.',
    );
  }
}

function unsupported(resource: PressureResource, why: string, hint = 'Leave it out.'): BackendError {
  return new BackendError('unsupported', `pressure.${resource}: ${why}`, { hint });
}
