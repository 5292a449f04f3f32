/** disk.max: how much of the disk the machine's files may take. Which storage can hold to it is the backend's to say. */
import type { MachineConfig } from '../../config/config-schema.ts';
import { diskBytes, isWithin } from '../../values/bounds.ts';
import { formatSize, parseSize } from '../../values/quantities.ts';
import type { ConfigKey } from '../key.ts';

export const diskKeys: readonly ConfigKey[] = [
  {
    name: 'disk.max',
    summary: "what the machine's files may take on disk; only of machines on btrfs",
    allowed: `bytes such as 512M or 10G, at least ${formatSize(diskBytes.least)}, or max`,
    values: ['1G', '10G', '100G', 'max'],
    print: ({ disk }) => ({ 'disk.max': disk === undefined ? 'max' : formatSize(disk.maxBytes) }),
    apply: (config, value, refuse) => {
      if (value === '' || value === 'max') return withDisk(config, undefined);
      const bytes = parseSize(value) ?? refuse();
      return isWithin(bytes, diskBytes) ? withDisk(config, bytes) : refuse();
    },
  },
];

function withDisk({ disk: _, ...others }: MachineConfig, maxBytes: number | undefined): MachineConfig {
  return maxBytes === undefined ? others : { ...others, disk: { maxBytes } };
}
