/** File systems of a test's own, each in a file: mounted through a loop device, gone after it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from '../../setup/test-run.ts';

export interface Disk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Unmounts it; the kernel detaches the loop device with the mount. */
  remove(): void;
}

export function makeDisk(kind: 'btrfs' | 'ext4' | 'tmpfs', megabytes: number): Disk {
  const base = mkdtempSync(join(runFolder(), 'disk-'));
  const folder = `${base}/mount`;
  const image = `${base}/image`;
  mkdirSync(folder);
  try {
    if (kind === 'tmpfs') {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tsmachine-test', folder]);
    } else {
      writeFileSync(image, '');
      truncateSync(image, megabytes * 2 ** 20);
      execFileSync(`mkfs.${kind}`, ['-q', image]);
      execFileSync('mount', ['-o', 'loop', image, folder]);
    }
  } catch (error) {
    rmSync(base, { recursive: true });
    throw error;
  }
  return {
    folder,
    remove() {
      execFileSync('umount', [folder]);
      rmSync(base, { recursive: true });
    },
  };
}
