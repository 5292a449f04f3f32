/** How images of a manager are kept: what they lie on decides, nobody else. */

import type { StorageDriverName } from '../../../backends/machine-spec.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { MachineError } from '../../errors.ts';

/** @throws MachineError 'unsupported' if another one is asked for */
export async function imageDriver(
  { images }: Manager,
  asked: StorageDriverName | undefined,
): Promise<'dir' | 'btrfs'> {
  const driver = await images.driver();
  if (asked === undefined || asked === driver) return driver;
  throw new MachineError(
    'unsupported',
    `images of systemd-nspawn are kept by ${driver} here, not by ${asked}`,
    {
      hint: 'leave --storage out: what /var/lib/machines lies on decides',
    },
  );
}
