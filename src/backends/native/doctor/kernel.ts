/** What the kernel can do, as the helper has tried it. */
import type { Readable } from 'node:stream';
import { BackendError, type Finding } from '../../backend.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';
import { readAnswer, spawnHelper } from '../helper-client.ts';
import type { WireRecord } from '../records.ts';
import type { Examination } from './context.ts';

export async function examineKernel({ helperPath, layout }: Examination): Promise<readonly Finding[]> {
  try {
    const { child, failed } = spawnHelper(helperPath, ['probe'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const records = await Promise.race([readAnswer(child.stdout as Readable), failed]);
    return kernelFindings(records, layout);
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

/** Features that a machine can start without, and what is lost. All others are needed. */
const OPTIONAL: Readonly<Record<string, string>> = {
  'cgroup-kill':
    'Lost: ending a machine at once; its processes are killed one by one. A cgroup2 mount and kernel 5.14 have it.',
  'cgroup-freeze':
    'Lost: `freeze`, unless the v1 freezer is mounted in place of cgroup2. A cgroup2 mount and kernel 5.2 have it.',
  'overlay-append-layers': 'Lost: images of more than 88 layers. Kernel 6.5 has it.',
  'device-program':
    'Lost: the guard of devices, unless the devices controller of v1 is mounted: machines start with devices.allow=a alone. ' +
    'CONFIG_CGROUP_BPF has it; in a container its host must allow bpf(2).',
  'mark-program':
    'Lost: net_cls.classid and net_prio.ifpriomap, unless these controllers of v1 are mounted. CONFIG_CGROUP_BPF has it; ' +
    'in a container its host must allow bpf(2).',
  btrfs: 'Lost: the btrfs storage driver. modprobe btrfs.',
};

/** And those without a cgroup2 mount: where there is one, init is born in it and nowhere else. */
const OPTIONAL_WITHOUT_UNIFIED: Readonly<Record<string, string>> = {
  ...OPTIONAL,
  'clone-into-cgroup':
    'Lost: some milliseconds of each start; init is moved into its v1 groups before it runs. A cgroup2 mount and kernel 5.7 have it.',
};

function kernelFindings(records: readonly WireRecord[], { unified }: CgroupLayout): readonly Finding[] {
  const optionalFeatures = unified === undefined ? OPTIONAL_WITHOUT_UNIFIED : OPTIONAL;
  return records
    .filter(({ name }) => name === 'feature')
    .map(({ arguments: [feature = '', answer, detail = ''] }) => {
      const subject = `kernel: ${feature}`;
      if (answer === 'yes') return { subject, verdict: 'ok', detail: detail || 'yes' };
      const optional = optionalFeatures[feature];
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
