/** What the kernel can do, as the helper has tried it. */
import type { Readable } from 'node:stream';
import { BackendError, type Finding } from '../../backend.ts';
import { readAnswer, spawnHelper } from '../helper-client.ts';
import type { WireRecord } from '../records.ts';
import type { Examination } from './context.ts';

export async function examineKernel({ helperPath }: Examination): Promise<readonly Finding[]> {
  try {
    const { child, failed } = spawnHelper(helperPath, ['probe'], { stdio: ['ignore', 'pipe', 'ignore'] });
    return kernelFindings(await Promise.race([readAnswer(child.stdout as Readable), failed]));
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return [
      {
        subject: 'helper',
        verdict: 'problem',
        detail: error.message,
        fix: error.hint ?? 'Build it again with `npm run build`.',
      },
    ];
  }
}

/** Features that a machine can start without, and how they are missed. All others are needed. */
const OPTIONAL: Readonly<Record<string, string>> = {
  'cgroup-kill': 'Killing goes process by process. Kernel 5.14 and a cgroup2 mount have it.',
  'cgroup-freeze': 'Freezing needs the v1 freezer then. Kernel 5.2 and a cgroup2 mount have it.',
  'clone-into-cgroup': 'Needed only with a cgroup2 mount. Kernel 5.7 has it.',
  'overlay-append-layers': 'An image may have 88 layers then. Kernel 6.5 has it.',
  btrfs: 'The btrfs storage driver cannot be used: modprobe btrfs.',
};

export function kernelFindings(records: readonly WireRecord[]): readonly Finding[] {
  return records
    .filter(({ name }) => name === 'feature')
    .map(({ arguments: [feature = '', answer, detail = ''] }) => {
      const subject = `kernel: ${feature}`;
      if (answer === 'yes') return { subject, verdict: 'ok', detail: detail || 'yes' };
      const optional = OPTIONAL[feature];
      return {
        subject,
        verdict: optional === undefined ? 'problem' : 'note',
        detail: detail || 'no',
        fix:
          optional ??
          'Use kernel 5.19 or newer with this feature built in; in a container, have the host allow it.',
      };
    });
}
